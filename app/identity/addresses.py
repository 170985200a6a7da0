"""Phone numbers and e-mail addresses: one way to write each, and the ranges they lie in."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from app.messaging.outgoing import Channel

MAXIMUM_LENGTH = 254
_RANGE_DIGITS = 4  # a range of ten thousand numbers
# Calling these makes somebody money: nobody reads a code there.
_NOT_A_PERSONS = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
}


def normalized(text: str) -> str | None:
    """The number as E.164 or the e-mail address in lower case; None where it is neither. Needs the country code."""
    return _email(text) if "@" in text else _phone(text)


def is_email(address: str) -> bool:
    """Whether a normalised address is an e-mail address, and not a number."""
    return "@" in address


def channels(address: str) -> tuple[Channel, ...]:
    """The ways to reach a normalised address, the usual one first."""
    return (Channel.EMAIL,) if is_email(address) else (Channel.SMS, Channel.WHATSAPP)


def ranges(address: str) -> tuple[str, ...]:
    """What somebody would write to who makes money from codes sent: the number's country and range, or the domain."""
    if is_email(address):
        return (address[address.rindex("@") :],)
    country = phonenumbers.parse(address).country_code
    return (f"+{country}", address[:-_RANGE_DIGITS])


def _phone(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in _NOT_A_PERSONS:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _email(text: str) -> str | None:
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        return None
    return None if found is None else found.lower()
