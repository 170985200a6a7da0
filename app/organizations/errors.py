"""Refusals of organizations."""

from app.kernel.problems import Problem


class LastOwner(Problem):
    """Nobody would be left who may do everything."""

    status = 409
    code = "last-owner"
    title = "An organization needs an owner"
    detail = "Make somebody else an owner first, then end this role."


class AlreadyStaff(Problem):
    """The person works for the organization already."""

    status = 409
    code = "already-staff"
    title = "This person already works here"
    detail = "Change the roles they have instead of adding them again."


class HandedOver(Problem):
    """The organization has an owner, so there is nobody to wait for."""

    status = 409
    code = "handed-over"
    title = "This organization has an owner"
    detail = "Its owner decides who works here: ask them to add whoever is to own it as well."


class LocationNotOpen(Problem):
    """The location keeps no goods any more."""

    status = 409
    code = "location-not-open"
    title = "This location is closed"
    detail = "Add a new location to keep goods there again."
