"""What only others can say: Twilio, the mail relay, who calls our public address. Nothing is sent to anybody."""

import aiohttp
from twilio.request_validator import RequestValidator

from notifier.delivery.accounts import HttpGatewayAccount, SmtpServer, TwilioAccount
from notifier.delivery.http_gateway import HttpGateway
from notifier.delivery.smtp_email import SmtpEmail
from notifier.delivery.twilio_client import TwilioClient
from notifier.doctor.findings import Finding, doubtful, fine, wrong

PATIENCE = 15
"""Seconds for each question."""
PROBE = {"MessageSid": "doctor"}
"""A form that says nothing of any message: what believes its signature answers 400, and stores nothing."""


async def twilio_finding(account: TwilioAccount) -> Finding:
    """Whether Twilio knows the account, and the account has the sender."""
    client = TwilioClient(account)
    try:
        owns = await client.owns_sender()
    finally:
        await client.aclose()
    if owns is True:
        return fine("twilio", "the account answers, and the sender is its own")
    if owns is False:
        return wrong("twilio", "the account has no such sender", "set NOTIFIER_TWILIO_FROM to a number of the account")
    if owns is None:
        return fine("twilio", "the account answers; whether the sender is its own cannot be asked")
    remedy = "check NOTIFIER_TWILIO_ACCOUNT_SID, its token, and that this machine may reach Twilio"
    return wrong("twilio", owns.reason, remedy)


async def gateway_finding(account: HttpGatewayAccount) -> Finding:
    """Whether the company's own SMS gateway answers, and knows us: it is asked for a message that nobody sent."""
    gateway = HttpGateway(account)
    try:
        status = await gateway.answers()
    finally:
        await gateway.aclose()
    if status == 404:
        return fine("gateway", "the SMS gateway answers, and takes our token")
    remedy = "check NOTIFIER_SMS_GATEWAY_URL, its token, and that this machine may reach it"
    if isinstance(status, str):
        return wrong("gateway", status, remedy)
    return wrong("gateway", f"the SMS gateway answers HTTP {status} for a message that it does not have", remedy)


async def smtp_finding(server: SmtpServer) -> Finding:
    """Whether the relay answers, encrypts and lets us log in."""
    reason = await SmtpEmail(server).tried()
    if reason is None:
        login = ", and takes our login" if server.username is not None else ""
        return fine("mail", f"the relay answers with {server.security}{login}")
    return wrong("mail", reason, "check NOTIFIER_SMTP_HOST, its port, security and login, and the way to it")


async def public_finding(public_url: str, auth_token: str) -> Finding:
    """Whether what is signed for our public address comes through to the service as it was signed."""
    url = f"{public_url}/twilio/status"
    headers = {"X-Twilio-Signature": RequestValidator(auth_token).compute_signature(url, PROBE)}
    remedy = "start notifier serve, and let the proxy pass /twilio/ on to it"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.post(url, data=PROBE, headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return wrong("public address", f"nobody answers there ({type(error).__name__})", remedy)
    if status == 400:
        return fine("public address", "the service answers, and believes what is signed for it")
    if status == 403:
        what = "the service answers, and does not believe what is signed for it"
        way = "NOTIFIER_PUBLIC_URL must be as Twilio calls it, the same there; the proxy must not change the path"
        return wrong("public address", what, way)
    if status == 503:
        return doubtful("public address", "the service answers that it is not ready", "see what notifier serve said")
    return wrong("public address", f"it answers HTTP {status}, which the service never does", remedy)
