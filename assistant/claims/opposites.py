"""Words that exclude each other, as tables: bounds, directions, what may and must be, how often, for whom.

Collected from the wording of Chinese official papers and news; each line is one question and its possible answers.
"""

from __future__ import annotations

import re

_SIDES = {
    "bound": (
        r"不[得能应]?(?:超过|高于|多于|大于|超出)|以内|之内|以下|至多|最多|最高(?!人民|法)|上限|封顶|(?<!不)(?<!不[得能应])(?:低于|少于|小于)|不足|未满|不满|不到(?=\d)|最长|"
        r"\bcapped\b|up to|at most|no more than|maximum|below|less than",
        r"不[得能应]?(?:低于|少于|小于)|以上|达到(?=\d)|至少|最少|最低|下限|(?<!不)(?<!不[得能应])(?:超过|高于|多于|大于)|突破|(?<!未)(?<!不)满(?=\d)|逾|最短|"
        r"at least|more than|minimum|above|no less than",
    ),
    "extreme": (
        r"最[高大多长快早强好新优]|首位|榜首|居首|第一(?!批|产|次|条|章|款|项|季|步|部|线|个)|冠军",
        r"最[低小少短慢晚弱差旧]|末位|垫底|倒数|第[二2-9](?!产|批|季|次|条|款|章|期|届)|次席|亚军|第三(?!产)|季军",
    ),
    "direction": (
        r"增长|上升|提[高升]|增加|上涨|上调|[增升涨]至|扩大|回升|加快|走高|攀升|加息|增[幅速]|涨幅|延长|上浮|高(?:出)?(?=\d)|\brose\b|increase|grew",
        r"下降|减少|降低|下跌|下调|[减降跌]至|缩小|回落|下滑|放缓|走低|降息|降幅|跌幅|收窄|缩短|下浮|低(?=\d)|\bfell\b|decrease|declin",
    ),
    "leave": (
        r"(?<!不)可以|(?<!不)(?<![许认])可(?=[获申享按以领报抵由在从向直同自重])|允许|准予|有权|能够|(?<!不)(?<![可只才功智性职只])能(?=[申拿领享重再])|予以|\bmay\b|\bcan\b",
        r"不(?:得|能|可(?!或缺|避免)|予|许|准|应|允许)|禁止|严禁|无权|拒绝|\bmay not|cannot|must not",
    ),
    "duty": (
        r"必须|应当|(?<!无)(?<!不)须(?!知)|务必|强制|要求|一律|(?<!不)需要|\bmust\b|\bshall\b|required",
        r"可以|可选|自愿|鼓励|可不|无[须需]|不必|不需要|不要求|免于|参考|自主选择|倡导|optional|encourage|voluntar",
    ),
    "often": (
        r"每年|年度(?!报告)|按年|逐年|一年|年均|annual|every year|per year|a year",
        r"1次性|仅1次|只.{0,2}1次|one-off|once",
        r"每月|按月|逐月|monthly",
        r"每季度|按季|quarterly",
        r"每[天日]|按日|daily",
        r"每周|weekly",
    ),
    "per": (
        r"单[个家户项次]|每[个家户项人]|同1(?:家|企业|单位)|每1|各自|分别|\bper\b|each",
        r"合计|总[额计共和]|累计|共计|总规模|全[市区省国]|加起来|total|altogether",
    ),
    "share": (
        r"所有|全部|一律|任何|各类|全都|无论|不论|都(?!市)|均(?!衡|值|价|线|匀)",
        r"部分|有些|一些|个别|少数|大多|多数|符合条件|有条件|达标|原则上",
    ),
    "only": (
        r"(?<!不)仅(?!供)|(?<![一每船])只(?=[限有能可改算认支用面对是])|专(?=用|门)|唯一|单独|独家|only|solely",
        r"除.{1,20}外|还(?!款|本|贷|原)|以及|等|不限于|不仅|不只|[也均都]可|同样|既",
    ),
    "either": (
        r"或者|或(?!许)|也可以?改|任[意一选]|任1|之一|其中1|either| or ",
        r"并且|且(?!慢)|同时|均须|全部|都要|both| and ",
    ),
    "draft": (
        r"征求意见|草案|意见稿|送审|拟(?=[对给按定于设])",
        r"正式(?:稿|文件|政策|规程|印发)|现行|已?生效",
    ),
    "included": (
        r"(?<!不)(?:包括|包含|涵盖|含(?![义量税糖水]))|纳入|计入",
        r"不(?:包括|包含|含|计|列入|纳入)|除外|排除",
    ),
    "source": (r"官方|原文|已?经?核实|权威", r"二手|网传|传言|个人整理|据称|中介|未经|没有核"),
    "first": (r"首次|首个|首批|首家|首款|首届|首位", r"再次|多次|每次|每完成|第二|第三|又一"),
    "order": (
        r"之前|以前|前(?=[,。已未]|提交|完成|申)|及以前|早于|before|prior",
        r"之后|以后|后(?=[,。]|提交|完成|申)|及以后|晚于|after|since",
    ),
    "limit": (
        r"(?:开始|起(?=[,。施实受执])|启动|开幕|自\d|\bfrom\b|start)",
        r"(?:截止|截至|结束|到期|失效|闭幕|为止|until|deadline|end)",
    ),
    "firm": (r"企业|公司|单位|法人|商户|机构", r"个人|自然人|居民|村民|本人|individual"),
    "several": (
        r"只[能限可]|仅[能限可]|择1|任选|[选取]1",
        r"同时(?!满足|符合|具备)|多[个次项]|几[个次项]|[均都]可|兼[得有顾]",
    ),
    "same": (r"相同|一致|同1[个只家]|一样", r"不同|不一(?:致|样)|有别|差异|各异|不1样"),
    "is": (
        r"不(?:是|等于|属于|算)|并?非(?![常洲遗法物公营凡典关国农])",
        r"(?:就|也|都)是|(?<!不)等于|(?<!不)属于",
    ),
    "outcome": (
        r"成功|胜|获批|通过|合格|盈利|同意|赞成|支持|批准",
        r"失败|不敌|负于|被否|未通过|不合格|亏损|反对|驳回|否决",
    ),
    "hurt": (r"死亡|遇难|身亡|丧生|去世", r"受伤|重伤|轻伤|失踪|失联"),
}
SIDES: dict[str, tuple[re.Pattern[str], ...]] = {
    name: tuple(re.compile(side) for side in sides) for name, sides in _SIDES.items()
}

# Words of a kind of which only one can be meant: where the claim has one and the evidence at that place another.
_CHOICES = """
同比 环比 | 上半年 下半年 前三季度 | 上午 下午 晚上 凌晨 | 国内 国外 海外 | 境内 境外 | 市内 市外 | 区内 区外
城市 农村 | 城镇 乡村 | 线上 线下 | 男 女 | 男子 女子 | 雄性 雌性 | 东部 西部 南部 北部 中部 | 主场 客场 | 增持 减持
买入 卖出 | 购买 出售 | 进口 出口 | 收入 支出 | 营收 利润 | 盈利 亏损 | 连续 累计 | 中央 地方
国家级 省级 市级 区级 县级 | 国家 省级 | 国家 市级 | 省级 市级 区级 | 国家 全国 全省 全市 | 上游 下游 | 长期 短期 | 中期 长期 | 固定 浮动
直接 间接 | 公开 保密 | 免费 收费 | 加入 退出 | 申领 兑现 | 出租 租用 | 供应方 需求方 | 甲方 乙方 | 原告 被告
上诉 撤诉 | 维持 撤销 | 一审 二审 终审 | 金牌 银牌 铜牌 | 冠军 亚军 季军
星期一 星期二 星期三 星期四 星期五 星期六 星期日 | 周一 周二 周三 周四 周五 周六 周日 | 春季 夏季 秋季 冬季
春天 夏天 秋天 冬天 | 一季度 二季度 三季度 四季度 | 一级 二级 三级 四级 | 特等奖 一等奖 二等奖 三等奖
首席执行官 首席财务官 首席技术官 董事长 总经理 总裁 | 院长 副院长 | 主任 副主任 | 书记 副书记 | 局长 副局长
部长 副部长 | 市长 副市长 | 省长 副省长 | 总统 总理 副总统 外长 防长 | 总裁 副总裁 | 教授 副教授 | 父亲 母亲
丈夫 妻子 | 儿子 女儿 | 哥哥 弟弟 | 姐姐 妹妹 | 新增 累计 | 在建 已建 | 上调 下调 维持 | 加息 降息 | 上涨 下跌
上升 下降 | 增长 下降 | 增加 减少 | 扩大 缩小 | 开工 竣工 投产 | 开工 完工 | 开工 完成 | 立项 完成 | 出生 去世 | 起点 终点 | 起于 止于 | 多于 少于
早于 晚于 | 液体 固体 | 常温 低温 高温 | 高温 低温 | 夏粮 秋粮 | 第一产业 第二产业 第三产业 | 广义 狭义 | 轻伤 重伤 | 轻度 中度 重度 轻中度 中重度 | 成人 儿童 | 成年人 未成年人 | 婴幼儿 老年人
有罪 无罪 | 有期徒刑 无期徒刑 死刑 | 逮捕 拘留 取保 | 批准 否决 | 提前 推迟 延后 | 延长 缩短 | 合并 分拆 | 收购 出售
自愿 强制 | 单边 双边 多边 | 公历 农历 | 白天 夜间 | 室内 室外 | 地上 地下 | 陆上 海上 | 有线 无线 | 初级 中级 高级
小学 初中 高中 大学 | 本科 硕士 博士 | 中型 小型 大型 微型 | 上限 下限 | 最高 最低 | 最大 最小 | 最多 最少
最长 最短 | 最早 最晚 | 最快 最慢 | 含 不含 | 鼓励 强制 要求 | 试行 全面 正式 | 计划 已经 | 首次 再次 | 唯一 之一
单个 合计 | 每年 每月 每天 每周 每季度 | 企业 个人 | 法人 自然人 | 用户 开发商 | 买方 卖方 | 公顷 平方公里
所有 部分 | 全部 部分 | 至少 至多 | 以上 以下 | 超过 不足 | 之前 之后 | 以前 以后 | 或者 并且 | 或 且 | 可以 不得
应当 可以
"""
# Characters that set words of one length apart: 事前 and 事后, 上涨 and 下跌.
_CHARACTERS = """
前后 上下 高低 内外 多少 大小 长短 增减 升降 涨跌 开关 进出 买卖 男女 左右 东西南北中 早晚 新旧老 首末次尾
正副反负 公私 主客 收支 有无 生死亡 胜负败 始终末 初末中 春夏秋冬 年月日周季天 省市县区国镇乡村 父母 子女 夫妻
兄弟姐妹 一二三四五六七八九十 甲乙丙丁 金银铜 真假 快慢 冷热 轻重 深浅 硬软 单双多 全半 强弱 优劣 盈亏 加减
输赢 近远 粗细 厚薄 宽窄 入出 来去 起止 赞反 同异不 存取 借还 供需 虚实 动静 明暗 阴阳 城乡 先后 松紧 缓急
攻守 敌友 租售 申兑 液固气 小初高大中 原被 批驳 增停 可不 能不 应不 首再 独联 自他 晴雨阴雪 早午晚夜
英法德日俄中美韩意 亚欧非美 硕博本专 民国外
"""


def _choices() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for group in _CHOICES.replace("\n", "|").split("|"):
        words = frozenset(group.split())
        for word in words:
            table[word] = table.get(word, frozenset()) | (words - {word})
    return table


# Word → the words of which only one can be meant.
CHOICES = _choices()
_OPPOSED = frozenset((a, b) for group in _CHARACTERS.split() for a in group for b in group if a != b)


def are_opposite(one: str, other: str) -> bool:
    """Whether two words of one length differ only in characters that exclude each other."""
    if len(one) != len(other) or one == other:
        return False
    return all(a == b or (a, b) in _OPPOSED for a, b in zip(one, other, strict=True))
