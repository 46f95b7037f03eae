"""The words of what must add up across documents, in English and Simplified Chinese.

Apart from `texts`, so that a translator of accounting reads one file.
"""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, tuple[str, str]] = {
    "line_quantity": (
        "Ordered is not shipped + open + cancelled",
        "订购数量 ≠ 已发货 + 未发货 + 已取消",
    ),
    "line_shipped": ("The line's shipped quantity is not what its shipments carry", "订单行已发货数量与发货单不符"),
    "invoiced_shipped": ("More is invoiced than shipped", "开票数量超过发货数量"),
    "header_lines": ("The amount is not the sum of the lines", "单据金额与各行合计不符"),
    "tax_lines": ("The tax is not the sum of the lines' taxes", "单据税额与各行税额合计不符"),
    "paid_invoiced": ("More is paid than invoiced", "收款超过应收金额"),
    "applied_paid": ("More of the payment is applied than it holds", "核销金额超过收款金额"),
    "payment_covers": ("A payment without an invoice covers open invoices", "未指明发票的收款与未付发票相符"),
    "order_invoiced": ("The order's amount is not the sum of its invoices", "订单金额与发票合计不符"),
    "one_currency": ("Documents that belong together are in two currencies", "相关单据币种不一致"),
}
"""Rules as what is wrong when they are broken; also the reasons of their breaks."""

CONSERVATION_REASONS: Mapping[str, tuple[str, str]] = {
    **{code: both for code, both in RULES.items() if code != "payment_covers"},
    "payment_ambiguous": (
        "It is not clear which open invoices the payment covers: several sums fit",
        "无法确定收款对应的发票：有多种组合的金额相符",
    ),
    "payment_bounded": (
        "Too many open invoices to try every sum: which ones the payment covers is left open",
        "未付发票过多，未能逐一组合，收款对应的发票未定",
    ),
    "payment_unexplained": ("No open invoices add up to the payment", "没有未付发票的合计与收款金额相符"),
}

CONSERVATION_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "conservation_rule": {
        "line_quantity": ("Ordered = shipped + open + cancelled", "订购 = 已发货 + 未发货 + 已取消"),
        "line_shipped": ("Shipped = what shipments carry", "已发货 = 发货单数量合计"),
        "invoiced_shipped": ("Invoiced ≤ shipped", "开票数量 ≤ 发货数量"),
        "header_lines": ("Amount = sum of the lines", "单据金额 = 各行合计"),
        "tax_lines": ("Tax = sum of the lines' taxes", "单据税额 = 各行税额合计"),
        "paid_invoiced": ("Paid ≤ invoiced, less credit notes", "收款 ≤ 开票 − 红字"),
        "applied_paid": ("Applied ≤ paid", "核销 ≤ 收款"),
        "payment_covers": ("Payment without an invoice = open invoices", "未指明发票的收款 = 未付发票合计"),
        "order_invoiced": ("CRM order = ERP invoices, less credit notes", "CRM 订单 = ERP 开票 − 红字"),
        "one_currency": ("One order, one currency", "同一订单币种一致"),
    },
    "conservation_state": {
        "ran": ("Checked", "已检查"),
        "off": ("Switched off", "已关闭"),
        "not_mapped": ("Fields not mapped", "字段未映射"),
    },
    "conservation_reading": {
        "same": ("lines count as the document does", "行与单据口径一致"),
        "lines_net": ("lines without tax, document with it", "行不含税，单据含税"),
        "lines_gross": ("lines with tax, document without it", "行含税，单据不含税"),
        "net": ("without tax", "不含税"),
        "gross": ("with tax", "含税"),
    },
}

CONSERVATION_SENTENCES: Mapping[str, tuple[str, str]] = {
    "heading.conservation": ("What must add up", "单据勾稽"),
    "heading.residuals": ("What is left open, by customer", "客户未结余额"),
    "word.conservation_rule": ("Rule", "勾稽规则"),
    "word.judged": ("Documents", "单据数"),
    "word.broken": ("Do not add up", "不符"),
    "word.not_judged": ("Can't be judged", "无法判断"),
    "word.customer": ("Customer", "客户"),
    "word.ordered": ("Ordered", "订购"),
    "word.cancelled": ("Cancelled", "取消"),
    "word.invoiced": ("Invoiced", "开票"),
    "word.credited": ("Credited", "红字"),
    "word.paid": ("Paid", "收款"),
    "word.uninvoiced": ("Not invoiced yet", "未开票"),
    "word.unpaid": ("Not paid yet", "未收款"),
    "word.no_customer": ("(no customer)", "（未注明客户）"),
    "say.conservation": (
        "Quantities and amounts of documents that belong together, exact to the smallest unit. Currencies are never mixed.",
        "对相关单据的数量与金额进行勾稽，精确到币种最小单位；不同币种不相加。",
    ),
    "say.not_run": ("Not checked, because fields are not mapped: {rules}.", "以下规则因字段未映射而未检查：{rules}。"),
    "say.residuals": (
        "The largest unpaid amounts of each currency. All orders and customers are in residuals.parquet in the run's folder.",
        "各币种未收款金额最大的客户。全部订单和客户见运行目录中的 residuals.parquet。",
    ),
}
