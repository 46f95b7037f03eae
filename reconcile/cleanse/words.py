"""Why a record was set aside or marked, in words, in both languages: for the rejects file, the cleaned file and the page."""

from __future__ import annotations

from collections.abc import Mapping

from reconcile.config.models import Language

REASONS: Mapping[str, tuple[str, str]] = {
    "key_empty": ("has no key", "没有主键"),
    "key_repeated": ("its key is used by another record before it", "主键与前面的记录重复"),
    "required_empty": ("required, but empty", "必填，但为空"),
    "not_readable": ("can't be read as what the field holds", "无法按字段类型识别"),
    "code_not_mapped": ("the code is not in the code map", "代码不在对照表中"),
    "email_malformed": ("not a mail address", "不是有效的邮箱地址"),
    "phone_not_international": ("not an international phone number", "不是国际格式的电话号码"),
    "url_malformed": ("not a web address", "不是有效的网址"),
    "country_unknown": ("not a country that ISO 3166 knows", "不在 ISO 3166 国家列表中"),
    "currency_unknown": ("not a currency that ISO 4217 knows", "不在 ISO 4217 币种列表中"),
    "postal_code_malformed": ("not a postal code of its country", "不符合该国家的邮政编码格式"),
    "check_digit_wrong": ("the check digit of the tax number is wrong", "税号校验位不正确"),
}
"""Rule to its reason, English and Simplified Chinese."""


def reason(rule: str, language: Language) -> str:
    """The reason of a rule; a rule of somebody else shows as itself."""
    both = REASONS.get(rule)
    return both[1 if language == "zh" else 0] if both else rule
