"""The words in which a pair of records is explained, in English and Simplified Chinese.

Apart from `texts`, which holds them among its own: a reason is a sentence, and what it needs stands in it by name.
"""

from __future__ import annotations

from collections.abc import Mapping

WHY_LABELS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "concept": {
        "address": ("Address", "地址"),
        "address_more": ("Address, further line", "地址补充"),
        "birth_date": ("Date of birth", "出生日期"),
        "brand": ("Brand", "品牌"),
        "company": ("Company", "公司"),
        "contact": ("Contact", "联系人"),
        "date": ("Date", "日期"),
        "description": ("Description", "描述"),
        "fax": ("Fax", "传真"),
        "gender": ("Gender", "性别"),
        "house_number": ("House number", "门牌号"),
        "mobile": ("Mobile phone", "手机"),
        "occupation": ("Occupation", "职业"),
        "person": ("Person", "姓名"),
        "postcode": ("Postal code", "邮政编码"),
        "social_id": ("Social security number", "身份证号"),
        "state": ("State or province", "省/州"),
        "title": ("Title", "标题/职务"),
        "venue": ("Venue", "出版物"),
        "year": ("Year", "年份"),
    },
    "likeness": {
        "equal": ("equal", "相同"),
        "nearly_equal": ("nearly equal", "几乎相同"),
        "very_alike": ("very alike", "非常相似"),
        "alike": ("alike", "相似"),
        "little_alike": ("a little alike", "略有相似"),
        "different": ("different", "不同"),
        "missing": ("missing", "缺失"),
        "one_slip": ("one character apart", "相差一个字符"),
        "two_slips": ("two characters apart", "相差两个字符"),
        "same_domain": ("same domain", "域名相同"),
        "within_hundredth": ("within 1 %", "相差不超过 1%"),
        "within_tenth": ("within 10 %", "相差不超过 10%"),
        "within_half": ("within 50 %", "相差不超过 50%"),
        "words_all": ("nearly all words shared", "几乎所有词相同"),
        "words_most": ("most words shared", "大多数词相同"),
        "words_many": ("many words shared", "许多词相同"),
        "words_half": ("half of the words shared", "约半数词相同"),
        "words_some": ("some words shared", "部分词相同"),
        "words_few": ("few words shared", "少数词相同"),
        "words_none": ("hardly a word shared", "几乎没有相同的词"),
    },
    "part": {
        "prior": ("Before any field is looked at", "未比较任何字段时"),
        "related": ("Looks like two sites of one company, or a household", "像同一公司的两个地点或同一家庭"),
        "standing": ("Other partners of the two records", "两条记录的其他候选配对"),
        "taught": ("What people's answers have taught", "人工答复带来的修正"),
        "total": ("Total", "合计"),
    },
    "zone": {
        "link": ("linked", "已匹配"),
        "review": ("to be decided by a person", "待人工确认"),
        "duplicate": ("the same business, another record holds the link", "同一业务对象，由另一条记录建立匹配"),
        "none": ("not linked", "未匹配"),
    },
    "why": {
        "link": ("{crm} and {erp} are linked: {share} sure{because}.", "{crm} 与 {erp} 已匹配：把握 {share}{because}。"),
        "link_key": (
            "{crm} and {erp} are linked because {fields} is the same in both; by all fields it would be {share} sure.",
            "{crm} 与 {erp} 已匹配，因为双方的{fields}相同；若按全部字段计算，把握为 {share}。",
        ),
        "link_remembered": (
            "{crm} and {erp} have been linked {since}; by their fields of today it is {share} sure.",
            "{crm} 与 {erp} {since}已匹配；按当前字段计算，把握为 {share}。",
        ),
        "link_person": (
            "{crm} and {erp} are linked because a person has said so{by}; by their fields it would be {share} sure.",
            "{crm} 与 {erp} 由人工确认匹配{by}；若按字段计算，把握为 {share}。",
        ),
        "link_created": (
            "{crm} and {erp} are linked because a correction made one from the other; by their fields it would be {share} sure.",
            "{crm} 与 {erp} 已匹配，因为其中一条是由更正根据另一条新建的；若按字段计算，把握为 {share}。",
        ),
        "apart_person": (
            (
                "{crm} and {erp} are not linked because a person has said that they are different; "
                "by their fields it would be {share} sure."
            ),
            "{crm} 与 {erp} 未匹配，因为已由人工确认二者不同；若按字段计算，把握为 {share}。",
        ),
        "no_key": (
            (
                "{crm} and {erp} are not linked: only a shared key links such records, and the two share none ({fields}); "
                "by all fields it would be {share} sure{rivals}."
            ),
            (
                "{crm} 与 {erp} 未匹配：此类记录仅按共同的关键字段匹配，而二者没有相同的关键字段（{fields}）；"
                "若按全部字段计算，把握为 {share}{rivals}。"
            ),
        ),
        "review_doubted": (
            (
                "{crm} and {erp} wait for a person: {fields} is the same in both, "
                "but everything else speaks against it ({share} sure)."
            ),
            "{crm} 与 {erp} 待人工确认：双方的{fields}相同，但其余字段均不支持（把握 {share}）。",
        ),
        "review_below": (
            "{crm} and {erp} wait for a person: {share} sure is less than the {link_at} from which pairs are linked{against}.",
            "{crm} 与 {erp} 待人工确认：把握 {share}，低于自动匹配所需的 {link_at}{against}。",
        ),
        "review_ambiguous": (
            "{crm} and {erp} wait for a person: {share} sure, but another pair comes too near{rivals}.",
            "{crm} 与 {erp} 待人工确认：把握 {share}，但另有配对与之过于接近{rivals}。",
        ),
        "review_split": (
            "{crm} and {erp} wait for a person: {share} sure, but only a weak chain of records joins them{against}.",
            "{crm} 与 {erp} 待人工确认：把握 {share}，但二者仅由一串薄弱的关系相连{against}。",
        ),
        "duplicate": (
            "{crm} and {erp} are the same business ({share} sure), but another record holds the link{rivals}.",
            "{crm} 与 {erp} 是同一业务对象（把握 {share}），但匹配由另一条记录建立{rivals}。",
        ),
        "no_block": (
            (
                "{crm} and {erp} were never compared: they share none of "
                "the {rules} values by which records are brought together; "
                "it would have been {share} sure{rivals}."
            ),
            "{crm} 与 {erp} 未经比较：用于筛选配对的 {rules} 项取值无一相同；若比较，把握为 {share}{rivals}。",
        ),
        "common_block": (
            (
                "{crm} and {erp} were never compared: all they share ({blocks}) stands in too many records to tell anything; "
                "it would have been {share} sure{rivals}."
            ),
            "{crm} 与 {erp} 未经比较：二者仅有的相同取值（{blocks}）过于常见，不足以说明问题；若比较，把握为 {share}{rivals}。",
        ),
        "settled": (
            (
                "{crm} and {erp} were never compared, because both had found a sure partner before; "
                "it would have been {share} sure{rivals}."
            ),
            "{crm} 与 {erp} 未经比较，因为双方此前均已找到确定的对应记录；若比较，把握为 {share}{rivals}。",
        ),
        "unlike": (
            (
                "{crm} and {erp} are not linked: {share} sure is less than "
                "the {review_at} from which a person is asked{against}{rivals}."
            ),
            "{crm} 与 {erp} 未匹配：把握 {share}，低于交人工确认所需的 {review_at}{against}{rivals}。",
        ),
        "little": (
            (
                "{crm} and {erp} are not linked: nothing speaks against it, "
                "but too little for it, so that {share} sure is less than "
                "the {review_at} from which a person is asked{rivals}."
            ),
            "{crm} 与 {erp} 未匹配：没有字段表明二者不同，但依据太少，把握 {share}，低于交人工确认所需的 {review_at}{rivals}。",
        ),
        "related": (
            (
                "{crm} and {erp} are not linked: what they share is what two sites of one company or a household share, so that "
                "{share} sure is less than the {review_at} from which a person is asked{against}{rivals}."
            ),
            (
                "{crm} 与 {erp} 未匹配：二者的相同之处正是同一公司的两个地点或同一家庭所共有的，把握 {share}，"
                "低于交人工确认所需的 {review_at}{against}{rivals}。"
            ),
        ),
        "taken": (
            "{crm} and {erp} are not linked although they alone would be {alone} sure: there is a better partner{rivals}.",
            "{crm} 与 {erp} 未匹配，尽管单看二者把握为 {alone}：已有更合适的对应记录{rivals}。",
        ),
        "total": (
            "{crm} and {erp} are not linked although it would be {share} sure: other links weigh more together{rivals}.",
            "{crm} 与 {erp} 未匹配，尽管把握为 {share}：其他匹配合计权重更高{rivals}。",
        ),
        "split": (
            "{crm} and {erp} are not linked: a group of records that only a few held together was split{rivals}.",
            "{crm} 与 {erp} 未匹配：一组仅靠少数记录相连的记录在二者之间被拆分{rivals}。",
        ),
        "within_same": (
            "{crm} and {erp} are the same business: {share} sure{because}; {kept} is the one that counts.",
            "{crm} 与 {erp} 是同一业务对象：把握 {share}{because}；以 {kept} 为准。",
        ),
        "within_chain": (
            (
                "{crm} and {erp} are the same business by way of other records, "
                "although the two alone are {share} sure{against}; {kept} is the one that counts."
            ),
            "{crm} 与 {erp} 经由其他记录被认定为同一业务对象，尽管单看二者把握为 {share}{against}；以 {kept} 为准。",
        ),
        "within_apart": (
            "{crm} and {erp} are alike ({share} sure) but count as two, because each has a partner of its own{rivals}.",
            "{crm} 与 {erp} 相似（把握 {share}），但视为两个对象，因为各有对应记录{rivals}。",
        ),
        "within_unseen": (
            (
                "{crm} and {erp} were never compared: they share no value by which records of one side are brought together; "
                "it would have been {share} sure{rivals}."
            ),
            "{crm} 与 {erp} 未经比较：二者没有可据以筛选的相同取值；若比较，把握为 {share}{rivals}。",
        ),
        "within_unlike": (
            "{crm} and {erp} are not the same business: {share} sure is less than the {link_at} that it takes{against}{rivals}.",
            "{crm} 与 {erp} 不是同一业务对象：把握 {share}，低于所需的 {link_at}{against}{rivals}。",
        ),
        "within_little": (
            (
                "{crm} and {erp} do not count as the same business: nothing speaks against it, but too little for it, "
                "so that {share} sure is less than the {link_at} that it takes{rivals}."
            ),
            "{crm} 与 {erp} 不视为同一业务对象：没有字段表明二者不同，但依据太少，把握 {share}，低于所需的 {link_at}{rivals}。",
        ),
        "within_off": (
            "{crm} and {erp} were not compared: duplicates of such records are not looked for; it would have been {share} sure.",
            "{crm} 与 {erp} 未经比较：此类记录不查重；若比较，把握为 {share}。",
        ),
    },
}
"""Codes and what people read for them."""

WHY_SENTENCES: Mapping[str, tuple[str, str]] = {
    "why.colon": (": ", "："),
    "heading.doubts": ("Pairs in doubt", "存疑的配对"),
    "say.doubts": (
        (
            "The likeliest pairs that wait for a person, and the links of this run that are least sure. "
            "Open one to see what each field adds or takes; the command reconcile explain says it of any pair."
        ),
        "最可能匹配而待人工确认的配对，以及本次运行把握最低的匹配。展开可看各字段贡献；其他配对可用命令 reconcile explain 查询。",
    ),
    "why.heading": ("Why?", "为什么？"),
    "why.because": (", most of all by {field} ({level})", "，主要依据{field}（{level}）"),
    "why.against": ("; {field} speaks against it most ({level})", "；最不支持匹配的是{field}（{level}）"),
    "why.rivals": (": {each}", "：{each}"),
    "why.rivals_more": ("; {each}", "；{each}"),
    "why.linked_better": (
        "{own} is linked with {other}, which weighs {bits} bits more",
        "{own} 已与 {other} 匹配，权重高 {bits} 比特",
    ),
    "why.linked_worse": (
        "{own} is linked with {other}, which weighs {bits} bits less",
        "{own} 已与 {other} 匹配，权重低 {bits} 比特",
    ),
    "why.linked_with": ("{own} is linked with {other}", "{own} 已与 {other} 匹配"),
    "why.since": ("since {day}", "自{day}起"),
    "why.before": ("since an earlier run", "在以前的运行中"),
    "why.by": (" ({name})", "（{name}）"),
    "why.linked_equal": ("{own} is linked with {other}, which weighs the same", "{own} 已与 {other} 匹配，权重相同"),
    "why.near_better": ("{own} and {other} weigh {bits} bits more", "{own} 与 {other} 权重高 {bits} 比特"),
    "why.near_worse": ("{own} and {other} weigh {bits} bits less", "{own} 与 {other} 权重低 {bits} 比特"),
    "why.near_equal": ("{own} and {other} weigh the same", "{own} 与 {other} 权重相同"),
    "why.word.step": ("What", "项目"),
    "why.word.likeness": ("How alike", "相似程度"),
    "why.word.bits": ("Bits", "比特"),
    "why.word.running": ("So far", "累计"),
    "why.word.form": ("compared as {value}", "按 {value} 比较"),
    "why.word.zone": ("Decision", "结果"),
    "why.word.rung": ("Decided by", "依据"),
    "why.word.share": ("How sure", "把握"),
    "why.chart": ("From the prior to the total, in bits", "从先验到合计（比特）"),
    "why.note": (
        "Each bit doubles the odds that the two are the same; a negative one halves them.",
        "每 1 比特使二者为同一对象的可能性之比翻倍；负 1 比特则减半。",
    ),
    "why.rarity": ("rare value {bits}", "取值罕见 {bits}"),
    "why.common": ("common value {bits}", "取值常见 {bits}"),
    "why.dependence": ("goes with {field} {bits}", "与{field}相关 {bits}"),
}
"""Sentences and heads, by key."""
