"""The page around a document, and what the document says about itself."""

from __future__ import annotations

from intake.words.listing import listed

# A paragraph that begins so ends a table that has no row breaks.
FURNITURE_BEGINNINGS = tuple(
    (
        "文件预览 附件下载 相关文章 当前页二维码 上一篇 下一篇 分享到 打印本页 打印 关闭窗口 关闭 收藏 扫一扫 责任编辑 编辑： "
        "相关新闻 相关报道 相关阅读 推荐阅读 延伸阅读 版权所有 主办单位：  网站地图 联系我们 网站标识码 留言咨询 纠错 您的姓名 使用说明 返回顶部 返回列表 相关链接 "
        "上一条 下一条 上一页 下一页 标签： 标签: 最近搜索 热门搜索 热门推荐 猜你喜欢 相关附件 相关解读 政策解读 字号 【字号 视力保护 当前位置 您现在的位置 首页 来源： 信息来源 发布时间 发布日期 浏览次数 "
        "阅读次数 访问量 点击数 抄送 抄报 主送 附件： 附件: 附表 附件 附： 附注 注： 注: （此件 (此件 此件公开 印发 打开微信 "
        "分享 我要纠错 用微信 技术支持 备注： 备注: 说明： 说明: 承办单位： 备案号 公开属性 信息公开 索引号"
    ).split()
)
# Anywhere in a short paragraph.
FURNITURE_PARTS = listed("ICP备 公网安备 浏览器 二维码 门户网站 版权所有 政府网站标识码 Copyright")
ISSUER_LABELS = listed("发布机构 机构名称 发文机关 发文单位 信息来源 发布单位 来源 公开机构 制发机关")
DATE_LABELS = listed("成文日期 发文日期 印发日期 发布日期 发布时间 生成日期 公开日期")
ISSUER_ENDINGS = listed(
    "人民政府办公室 人民政府办公厅 人民政府 政府办公室 办公室 办公厅 管理委员会 管委会 "
    "委员会 督查室 领导小组 指挥部 局"
)
TITLE_ENDINGS = listed(
    "通知 意见 方案 安排 计划 分解表 清单 情况 公告 报告 任务表 一览表 函 通报 工作表 "
    "情况表 进度表 进展表 计划表 责任表 推进表 项目表 目标表 统计表 时间表 明细表 汇总表 分配表 台账"
)
