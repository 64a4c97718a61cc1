"""What a page says in place of a sentence that tells its reader to use a command; by code."""

from __future__ import annotations

import re
from collections.abc import Mapping

COMMAND = re.compile(r"duban [a-z]|--[a-z]")  # in a sentence that was made for the command line
SENTENCES: Mapping[str, str] = {
    "BAD_CHOICE": "这个选择对不上文件里的内容：请刷新页面，重新选择。",
    "BAD_SPAN": "最后一天早于第一天：请核对两个日期。",
    "CHANNEL_RETIRED": "这个渠道已经停用：保存一次设置就重新启用。",
    "NOTHING_MATCHES": "文件里没有一个任务和这个计划对得上（按名称和指标）：请核对文件，或导入成一个新的计划。",
    "NOTHING_TO_PUBLISH": "这个月既没有目标也没有填报：请换一个月份。",
    "NOT_DISPUTED": "没有人说这里发错了人：请刷新页面再看。",
    "NOT_HELD": "发送没有暂停，不用放行。",
    "NOT_ITS_TASK": "这个单位不牵头这项任务，也没有它的分解量：请核对任务和单位。",
    "NO_ADDRESS": "这个渠道发给个人：请填对方在那里的账号或地址。",
    "NO_APPROVER": "没有写明批准人：请填写同意这项变更的领导岗位。",
    "NO_CONTACT": "这个单位没有可用的联系方式：请先在“单位与联系人”里登记。",
    "NO_CONTACTS": "文件里没有单位和联系人：请下载联系人表，填好后再上传。",
    "NO_REASON": "没有写明原因：请填写原因再提交。",
    "NO_SUCH_BULLETIN": "没有这期通报：请从通报列表中选择。",
    "NO_SUCH_EVALUATION": "没有这期评估：请从评估列表中选择。",
    "NO_SUCH_PLAN": "没有这个计划：请从总览中选择。",
    "NO_SUCH_SUBTASK": "没有这项子任务：请核对序号，或从总览中选择。",
    "NO_SUCH_UNIT": "没有这个单位：请从列表中选择，或先在“单位与联系人”里添加。",
    "NO_YEAR": "文件没有写明年度：请填写年度。",
    "PLAN_MISMATCH": "这个工作簿是从另一个计划导出的：请核对文件，或选对要修订的计划。",
    "PLAN_NOT_DONE": "计划还没有办完：请先办结；确需关闭，请写明理由。",
    "REVISION_CONFLICT": "这里刚被别人改过，您的改动没有保存：请核对现在的内容再改。",
    "SECRETS_LOCKED": "密钥文件换过，存着的渠道密钥解不开：请放回原来的密钥文件，或重新填写密钥。",
    "SECRET_IN_THE_OPEN": "地址里带着密钥：请只写到主机名和路径，密钥填在密钥那一栏；已经写出来的建议作废重建。",
    "TEMPLATE_MIXED_UP": "这段文字是另一种模板的：请核对后再保存。",
    "UNKNOWN_MAIL": "没有这封来信，或者它已经办结：请刷新来信列表。",
}  # fmt: skip
COMMANDS_ONLY = frozenset(  # no page leads to these
    {"BACKUP_FOREIGN", "BACKUP_NEWER", "DATABASE_NEWER", "REPORTS_FILE", "RESTORE_NOT_EMPTY"}
)
