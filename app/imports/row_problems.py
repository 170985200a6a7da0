"""What is wrong in somebody's file: a row, a column, a stable code and a sentence that says how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.kernel.messages import translate

Severity = Literal["error", "warning"]

ERRORS: Mapping[str, str] = {
    # The file as a whole
    "file-empty": "The file is empty. Export the products again and upload that file.",
    "file-too-large": "The file is larger than {limit} MB. Split it, keeping each product in one part.",
    "file-is-workbook": "This is a spreadsheet workbook, not CSV. Save it as “CSV UTF-8” and upload that file.",
    "encoding-utf16": "The file is saved as UTF-16 (“Unicode text”). Save it as “CSV UTF-8” and upload it again.",
    "encoding-not-utf8": "Line {line} of the file is not UTF-8 text. Save it as “CSV UTF-8” and upload it again.",
    "csv-malformed": "The row that starts at line {line} of the file cannot be read: a quotation mark is opened and "
    "not closed, stands in the middle of a cell, or the cell is endless. Write quotation marks inside a cell twice.",
    "too-many-rows": "The file has more than {limit} rows. Split it, keeping each product in one part.",
    "too-many-columns": "The file has more than {limit} columns. Delete those that are not needed.",
    "column-missing": "There is no column “{classic}” (in newer files “{new}”). Add it, or export the products again.",
    "column-twice": "“{column}” says the same as the column “{other}”. Delete one of the two.",
    "rows-missing": "The file has headers and no rows. Export the products again and upload that file.",
    # A row
    "handle-missing": "The row has no handle. Write the product's handle into it, or delete the row.",
    "handle-invalid": "“{text}” is not a handle. Use letters, digits and hyphens only, at most {limit} of them.",
    "extra-cells": "The row has more cells than there are headers. Put cells that hold a comma or semicolon in quotes.",
    "text-too-long": "{column} is longer than {limit} characters. Shorten it.",
    "control-character": "{column} holds an invisible control character. Type it anew or paste it as plain text.",
    # A product as a whole
    "title-missing": "No row of the product has a title. Write one into its first row.",
    "contradiction": "{column} reads “{text}” here and “{other}” in row {other_row}. Make them equal, or give one of "
    "the products another handle.",
    "variant-missing": "No row of the product has a price. Write one into its first row.",
    "variant-twice": "Row {other_row} is the same variant. Give this one another option value, or delete it.",
    "sku-twice": "The SKU “{text}” stands in row {other_row} too. Give each variant a SKU of its own, or none.",
    "option-name-missing": "{column} is “{text}”, but this option has no name. Name it in the product's first row.",
    "option-value-missing": "The option “{option}” has no value in this row. Write one.",
    "option-name-twice": "Two options are named “{text}”. Rename one of them.",
    "options-too-many": "A product has at most three options. Merge {column} into another option.",
    "variants-too-many": "The product has more than {limit} variants. Split it into several products.",
    "images-too-many": "The product has more than {limit} pictures. Delete some.",
    "gift-card": "Gift cards are not imported. Delete the rows of this product.",
    # A product and the catalog it goes to
    "handle-taken": "The handle “{text}” belongs to a product of yours that is not from this shop. Give one of the two "
    "another handle.",
    "sku-taken": "The SKU “{text}” belongs to your product “{handle}”. Give one of the two another SKU; if this file "
    "takes it away from that product, import the file once more.",
    "product-refused": "The product contradicts what is in your catalog. Look at it there, mend these rows and import "
    "them again.",
    "role-lost": "Whoever asked for this import no longer manages the catalog. Somebody who does can import the file "
    "again: what was imported already is not made twice.",
    "given-up": "Something broke on our side, and the import was given up. Import the file again: what was imported "
    "already is not made twice.",
    # A cell
    "price-missing": "The variant has no price. Write it into {column}.",
    "price-negative": "{column} reads “{text}”. A price is zero or more.",
    "price-comma": "{column} reads “{text}”. Write it without thousands separators and with a point before decimals: "
    "15000 or 10.50.",
    "price-not-a-number": "{column} reads “{text}”. Write digits only, without currency sign, for example 15000.",
    "price-decimals": "{column} reads “{text}”, which has more decimals than {currency} takes ({decimals}). "
    "A point is the decimal point: write fifteen thousand as 15000.",
    "price-step": "{column} reads “{text}”. Amounts in {currency} are multiples of {step}.",
    "price-too-large": "{column} reads “{text}”, more than an amount may be. Check the currency and the digits.",
    "number-not-whole": "{column} reads “{text}”. Write a whole number of zero or more, digits only.",
    "number-too-large": "{column} reads “{text}”, more than {limit}. Check the digits.",
    "flag-unknown": "{column} reads “{text}”. Write TRUE or FALSE.",
    "choice-unknown": "{column} reads “{text}”. Write one of: {choices}.",
    "url-invalid": "{column} reads “{text}”. Write the picture's full address, beginning with https://.",
    "barcode-scientific": "{column} reads “{text}”: a spreadsheet has shortened the barcode. Format the column as text "
    "and enter the barcode again from the package.",
    "barcode-decimal": "{column} reads “{text}”: a spreadsheet has made the barcode a decimal number. Format the "
    "column as text and enter the digits alone.",
    "barcode-not-digits": "{column} reads “{text}”. Write the digits under the bars, nothing else, or leave it empty.",
    "barcode-length": "{column} reads “{text}”, which has {digits} digits; a barcode has 8, 12, 13 or 14. If zeros at "
    "its beginning were lost, format the column as text and enter the barcode again.",
    "barcode-check-digit": "{column} reads “{text}”, whose last digit does not fit the others. Format the column as "
    "text and enter the barcode again from the package.",
}
"""Message ids of what refuses a file, a row or a whole product, by code."""

WARNINGS: Mapping[str, str] = {
    "column-unknown": "The column “{column}” is not one of Shopify's. It was left out.",
    "column-market": "“{column}” is for one market. It was left out: enter prices abroad in a price list.",
    "column-metafield": "The custom field “{column}” was left out.",
    "price-zero": "{column} is 0. The variant is imported so; set its price before it is sold.",
    "quantity-untracked": "{column} has quantities in {count} row(s) without an inventory tracker, this one first. "
    "They were left out: these variants are sold without counting stock.",
    "quantity-missing": "{count} row(s) have an inventory tracker and no quantity, this one first. They count as 0.",
    "product-incomplete": "The product was imported and is not for sale yet. Give every variant a price and a weight.",
    "product-archived": "The product was archived here and stays so. Give it another handle to sell it again.",
    "problems-more": "There are {count} more problems. Mend those listed and import the file again.",
}
"""Message ids of what was imported otherwise than one might expect, by code."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row, fit to be stored as JSON.

    `row` counts as a spreadsheet does: the header is row 1 and a cell of several lines is still one row. `column` is
    the header as the file writes it, None where no single column is at fault. What concerns the whole file stands at
    row 1, or at the row where reading ended.
    """

    row: int
    column: str | None
    code: str
    handle: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """An error refuses the product (without a handle: the row or the file); a warning refuses nothing."""
        return "error" if self.code in ERRORS else "warning"

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.told("en")

    def told(self, language: str) -> str:
        """The sentence in the reader's language."""
        template = ERRORS.get(self.code) or WARNINGS[self.code]
        return translate(template, language, **{**self.params, "column": self.column or ""})


class CellRefused(Exception):
    """A cell cannot be read as what its column holds; `code` and `params` are those of a RowProblem."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


def excerpt(text: str, limit: int = 60) -> str:
    """As much of a cell as a message quotes, without NUL, which PostgreSQL takes in no text."""
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
