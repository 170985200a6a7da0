"""Pydantic's complaints as field errors: a JSON pointer, a stable code and a sentence that can be translated."""

from collections.abc import Sequence
from typing import Any

from app.kernel.problems import FieldError

_MAXIMUM_ERRORS = 50

MESSAGES: dict[str, str] = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here. Leave it out.",
    "string_type": "Write this as text.",
    "string_unicode": "Write this as valid Unicode text.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "string_pattern_mismatch": "This does not have the form asked for: {pattern}",
    "int_type": "Give a whole number, not in quotes.",
    "int_parsing": "Give a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "Give a whole number.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "float_type": "Give a number.",
    "decimal_type": "Give a number.",
    "decimal_parsing": "Give a number.",
    "decimal_max_digits": "Give at most {max_digits} digits.",
    "decimal_max_places": "Give at most {decimal_places} decimals.",
    "finite_number": "Give a finite number.",
    "greater_than": "Give more than {gt}.",
    "greater_than_equal": "Give {ge} or more.",
    "less_than": "Give less than {lt}.",
    "less_than_equal": "Give {le} or less.",
    "list_type": "Give a list.",
    "dict_type": "Give an object.",
    "model_type": "Give an object.",
    "model_attributes_type": "Give a JSON object.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "enum": "Choose one of {expected}.",
    "literal_error": "Choose one of {expected}.",
    "uuid_parsing": "This is no id.",
    "uuid_type": "This is no id.",
    "date_parsing": "Write dates as 2026-11-24.",
    "date_from_datetime_parsing": "Write dates as 2026-11-24.",
    "date_from_datetime_inexact": "Write dates as 2026-11-24.",
    "datetime_parsing": "Write times as 2026-11-24T10:30:00Z.",
    "datetime_from_date_parsing": "Write times as 2026-11-24T10:30:00Z.",
    "timezone_aware": "Give the time's offset, such as Z.",
    "value_error": "This value is not acceptable here.",
    "union_tag_not_found": "Say which kind this is in {discriminator}.",
    "union_tag_invalid": "Choose one of {expected_tags}.",
}
FALLBACK = "This value is not acceptable here."


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """Translate pydantic's error list, at most 50 of them; a schema's own refusal brings its message along."""
    return [_field_error(error) for error in errors[:_MAXIMUM_ERRORS]]


def _field_error(error: dict[str, Any]) -> FieldError:
    kind = error["type"]
    context = {name: value for name, value in (error.get("ctx") or {}).items() if name != "error"}
    message = context.pop("message", None) or MESSAGES.get(kind, FALLBACK)
    return FieldError(_pointer(error["loc"]), kind, message, context)


def _pointer(location: Sequence[str | int]) -> str:
    """`("body", "lines", 0)` is `/lines/0`; a parameter is `#query/limit`."""
    place, *rest = location or ("body",)
    path = "/".join(str(part).replace("~", "~0").replace("/", "~1")[:100] for part in rest)
    return f"/{path}" if place == "body" else f"#{place}/{path}"
