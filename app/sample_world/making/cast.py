"""Who does what in the world: its people and organizations by slug, each as the caller of an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kernel.actor import Actor
from app.sample_world.content import World


@dataclass(frozen=True, slots=True)
class Cast:
    """The parties that were made; `began_at` is when the making began, and everybody has just proved who they are."""

    world: World
    began_at: datetime
    people: Mapping[str, UUID] = field(default_factory=dict)
    organizations: Mapping[str, UUID] = field(default_factory=dict)

    def person(self, slug: str) -> Actor:
        """Somebody, acting for themselves or for whomever they work for."""
        return Actor(person_id=self.people[slug], authenticated_at=self.began_at, language="id")

    def clerk(self, organization: str, role: str) -> Actor:
        """Who does the work of a role in an organization."""
        return self.person(self.world.organization(organization).clerk(role))

    @property
    def operator(self) -> Actor:
        """Who runs the platform."""
        slug = next(person.slug for person in self.world.people if person.operator)
        return Actor(person_id=self.people[slug], authenticated_at=self.began_at, is_operator=True, language="id")
