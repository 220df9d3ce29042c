"""Four ledger kinds described as plain data, for measuring the reading engine without a database."""

from dataclasses import dataclass

from sheets.fields import Choice, FieldDescription, Type


@dataclass(frozen=True)
class Kind:
    """A ledger's fields, and which of them (beside the organisation) make a row unique."""

    fields: tuple[FieldDescription, ...]
    level: str = "village"
    key: tuple[str, ...] = ()


def _field(key: str, kind: Type, headings: str, choices: tuple[Choice, ...] = (), unit: str = "") -> FieldDescription:
    return FieldDescription(key, kind, aliases=tuple(headings.split()), choices=choices, unit=unit)


def _choices(*written: str) -> tuple[Choice, ...]:
    """``code:alias,alias``: one choice each."""
    split = [entry.partition(":") for entry in written]
    return tuple(Choice(code, tuple(filter(None, aliases.split(",")))) for code, _colon, aliases in split)


_MODES = _choices("承包:发包,承包经营", "租赁:出租,租赁经营", "股份合作:入股,股份合作制")
_ISSUES = _choices(
    *("班子不团结", "书记缺职", "班子配备不齐:班子不健全,班子不齐", "发展思路不清", "集体经济薄弱"),
    *("村务公开不规范", "信访矛盾集中", "组织生活不经常", "服务意识差", "无活动场所"),
)
_KINDS_OF_UNIT = _choices(
    "非公企业:非公有制企业,非公有制经济组织,民营企业,私营企业,个体工商户,企业",
    "社会组织:社会团体,社团,民办非企业单位,民非,基金会,社会服务机构,合作社",
)
_SETUP = _choices(
    "单独:单独组建,独立组建,单建,独立,单独建", "联合:联合组建,联建,联合建", "挂靠:挂靠组建,依托组建,挂靠建,依托"
)

KINDS: dict[str, Kind] = {
    "collective_economy": Kind(
        (
            _field(
                "total_income",
                Type.MONEY,
                "总收入 年收入 集体经济收入 村集体经济总收入 年总收入 收入合计 收入总额 村集体收入 集体收入",
            ),
            _field("operating_income", Type.MONEY, "经营性收入 经营收入 其中经营性收入 经营性总收入"),
            _field("industry", Type.TEXT, "主导产业 主要产业 特色产业 产业 产业类型 支柱产业 产业名称"),
            _field("operation_mode", Type.LIST, "经营方式 经营形式 经营模式 运营方式 发展模式", _MODES),
            _field("total_assets", Type.MONEY, "资产总额 集体资产总额 总资产 资产合计 集体资产 资产"),
            _field("liabilities", Type.MONEY, "负债 负债总额 负债合计 总负债 债务 村级债务 集体负债"),
            _field("households", Type.INT, "总户数 户数 农户数 家庭户数 户籍户数 农户总数"),
            _field("remark", Type.TEXT, "备注 说明 备注说明"),
        )
    ),
    "venue": Kind(
        (
            _field(
                "build_type",
                Type.ENUM,
                "建设性质 建设类型 建设方式 建设形式 建设类别",
                _choices("新建", "改扩建:改建,扩建,改造,改扩,维修改造"),
            ),
            _field("floor_area", Type.AREA, "建筑面积 面积 建设面积 总建筑面积 场所面积 建设规模"),
            _field("date_site", Type.DATE, "选址 选址完成时间 选址时间 完成选址时间"),
            _field("date_foundation", Type.DATE, "基础 基础完成时间 基础完工时间 基础处理 基础施工 打基础"),
            _field("date_main", Type.DATE, "主体 主体完工时间 主体完成时间 主体封顶 主体工程"),
            _field("date_plaster", Type.DATE, "粉刷 粉刷完成时间 粉刷完工时间 粉糙 内外粉刷 装修"),
            _field("date_fitout", Type.DATE, "配套 配套完成时间 配套设施 配套完工时间 设施配套"),
            _field("date_green", Type.DATE, "绿化 绿化完成时间 绿化完工时间 绿化美化"),
            _field(
                "planned_finish",
                Type.DATE,
                "计划完工日期 计划完工时间 预计完工时间 计划竣工时间 拟完工时间 预计竣工时间 计划完成时间",
            ),
            _field(
                "support_unit",
                Type.TEXT,
                "帮扶单位 帮扶部门 后盾单位 结对帮扶单位 联系单位 对口帮扶单位 包联单位 结对单位",
            ),
            _field("total_invest", Type.MONEY, "总投资 计划总投资 投资总额 项目总投资 投资 概算投资 预算总投资 总造价"),
            _field("funds_in_place", Type.MONEY, "到位资金 资金到位 已到位资金 资金到位情况 实际到位资金 到位"),
            _field("remark", Type.TEXT, "备注 说明 备注说明"),
        )
    ),
    "weak_org": Kind(
        (
            _field(
                "issue_types",
                Type.LIST,
                "存在问题类型 问题类型 存在问题 主要问题 突出问题 存在的主要问题 问题",
                _ISSUES,
            ),
            _field("measures", Type.TEXT, "整顿措施 整改措施 措施 整顿举措 工作措施 主要措施 整治措施"),
            _field(
                "county_leader",
                Type.TEXT,
                "联系县领导 联村县领导 包联县领导 县级领导 联点县领导 挂点县领导 县级联系领导 联系领导 包保领导",
            ),
            _field(
                "support_unit",
                Type.TEXT,
                "帮扶单位 帮扶部门 后盾单位 结对帮扶单位 联系单位 对口帮扶单位 包联单位 结对单位",
            ),
            _field("deadline", Type.DATE, "完成时限 整顿时限 整改时限 整改期限 整顿期限 完成期限 时限 完成时间"),
            _field("progress", Type.TEXT, "进展 进展情况 工作进展 整顿进展 整改进展 目前进展 整顿情况 整改情况"),
            _field("closed", Type.BOOL, "是否销号 销号 是否已销号 是否完成销号 是否完成整顿 销号情况"),
            _field("closed_date", Type.DATE, "销号时间 销号日期 完成销号时间 验收销号时间"),
            _field("remark", Type.TEXT, "备注 说明 备注说明"),
        )
    ),
    "new_orgs": Kind(
        (
            _field(
                "org_name",
                Type.TEXT,
                "企业/社会组织名称 企业（社会组织）名称 单位名称 名称 组织名称 企业名称 社会组织名称 两新组织名称",
            ),
            _field("org_type", Type.ENUM, "类型 组织类型 类别 单位类型 组织类别 单位类别 性质", _KINDS_OF_UNIT),
            _field("employees", Type.INT, "从业人数 从业人员数 职工人数 员工人数 员工数 职工数 用工人数 从业人员"),
            _field("members", Type.INT, "正式党员人数 正式党员数 党员人数 党员数 正式党员 党员总数"),
            _field(
                "has_party_org",
                Type.BOOL,
                "是否建立党组织 是否已建党组织 有无党组织 是否组建党组织 党组织建立情况 党组织组建情况",
            ),
            _field("setup_mode", Type.ENUM, "组建方式 组建形式 建立方式 设置方式 组建类型 党组织设置形式", _SETUP),
            _field(
                "instructor",
                Type.BOOL,
                "指导员选派 是否选派指导员 党建指导员 是否选派党建指导员 指导员派驻 有无指导员 指导员",
            ),
            _field("six_venue", Type.BOOL, "有场所 场所 活动场所 有活动场所 六有>场所"),
            _field("six_facility", Type.BOOL, "有设施 设施 六有>设施"),
            _field("six_sign", Type.BOOL, "有标志 标志 有标识 标识 有标牌 标牌"),
            _field("six_flag", Type.BOOL, "有党旗 党旗"),
            _field("six_books", Type.BOOL, "有书报 书报 有书刊 有报刊 书刊"),
            _field("six_rules", Type.BOOL, "有制度 制度 六有>制度"),
            _field("remark", Type.TEXT, "备注 说明 备注说明"),
        ),
        "township",
        ("org_name",),
    ),
}
