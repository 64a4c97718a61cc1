"""Signing in by the office's identity provider, as the operator sets it up; nothing of it counts without an issuer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from engine.addresses import is_protected
from engine.errors import DubanError


class OidcSettings(BaseModel):
    """An identity provider that speaks OpenID Connect."""

    model_config = ConfigDict(extra="forbid")
    issuer: str = Field(
        default="",
        description="身份认证的地址（issuer），与对方公布的一字不差，如 https://id.example.org/realms/office；"
        "留空则只用密码登录。要另装 duban[oidc]；回调地址是 base_url 加 /sign-in/oidc/callback",
    )
    client_id: str = Field(default="", description="在身份认证那里登记督办时得到的应用编号（client_id）")
    client_secret: SecretStr = Field(
        default=SecretStr(""),
        description="应用的密钥（client_secret）；也可以放在环境变量 DUBAN_OIDC__CLIENT_SECRET 中，对方没给则留空",
    )
    scopes: list[str] = Field(default=["openid", "profile"], description="请求的范围（scope）")
    account_claim: str = Field(
        default="preferred_username",
        description="凭证中哪一项是账号名，管理员在用户页填的就是它；只用 sub 时写 sub",
    )
    label: str = Field(default="统一身份认证", description="登录按钮上的名称")
    label_en: str = Field(default="single sign-on", description="英文页面上的名称")


def check_oidc(oidc: OidcSettings, base_url: str) -> None:
    """What is set up can work: complete, and over https except on this machine. Raises DubanError CONFIG_VALUE."""
    if not oidc.issuer:
        return
    needed = {
        "oidc.client_id": oidc.client_id,
        "base_url": base_url,
        "oidc.account_claim": oidc.account_claim,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise DubanError("CONFIG_VALUE", f"使用统一身份认证还缺少配置项：{'、'.join(missing)}。")
    for name, value in (("oidc.issuer", oidc.issuer), ("base_url", base_url)):
        if not is_protected(value):
            raise DubanError(
                "CONFIG_VALUE",
                f"使用统一身份认证时，配置项 {name} 应以 https:// 开头：不加密的连接能被人冒名登录。",
            )
