"""The templates: one of each in every language, with the same parameters, and safe with what people put into them."""

from uuid import UUID

import pytest
from jinja2 import Environment, UndefinedError, meta

from app.kernel.messages import LANGUAGES
from app.messaging.outgoing import TEMPLATES, Channel, Letter, OutgoingMessage, Template, render

EVENT = UUID(int=7)


def message(template: Template = Template.CODE, language: str = "en", **parameters: str | int) -> OutgoingMessage:
    given: dict[str, str | int] = {"code": "123456", "minutes": 10, "purpose": "sign_in", **parameters}
    return OutgoingMessage(
        channel=Channel.EMAIL,
        address="ani@example.com",
        language=language,
        template=template,
        parameters=given,
        cause=EVENT,
    )


def rendered(asked: OutgoingMessage) -> Letter:
    return render(asked, sender="Rantau <no-reply@rantau.example>")


def parameters(language: str, template: str) -> set[str]:
    source = (TEMPLATES / language / f"{template}.txt").read_text()
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(source))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_template_and_no_other(language: str) -> None:
    assert {file.stem for file in (TEMPLATES / language).iterdir()} == set(Template)


@pytest.mark.parametrize("template", Template)
def test_every_language_says_the_same(template: Template) -> None:
    asked = {language: parameters(language, template) for language in LANGUAGES}
    assert asked["en"]
    assert set(map(frozenset, asked.values())) == {frozenset(asked["en"])}


@pytest.mark.parametrize(("language", "word"), [("id-ID", "Berlaku"), ("tr", "dakika"), ("ja", "minutes")])
def test_a_message_is_in_the_nearest_language(language: str, word: str) -> None:
    assert word in rendered(message(language=language)).body


def test_a_subject_is_one_line_and_the_body_follows() -> None:
    letter = rendered(message(Template.HANDOVER, organization="A\r\nBcc: x@example.com", giver="Rini & co", link="/"))
    assert letter.subject == "A Bcc: x@example.com is ready for you on Rantau"
    assert letter.body.startswith("Rini & co has set up")


def test_a_missing_parameter_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendered(message(Template.HANDOVER))


def test_the_message_id_is_that_of_the_event_and_the_recipient() -> None:
    assert rendered(message()).message_id == rendered(message(code="654321")).message_id
    assert rendered(message()).message_id.endswith("@rantau.example>")
    assert (
        rendered(message()).message_id
        != rendered(message(Template.HANDOVER, organization="A", giver="B", link="/")).message_id
    )


def test_a_message_shows_neither_address_nor_content_in_logs() -> None:
    assert "123456" not in repr(message())
    assert "ani@" not in repr(message())
