"""Every domain's tables, imported for migrations and for foreign keys between domains."""

from importlib import import_module
from pathlib import Path


def import_all() -> None:
    """Import each domain's models, so that the metadata is complete."""
    for folder in sorted(Path(__file__).parent.iterdir()):
        if (folder / "models.py").exists():
            import_module(f"app.{folder.name}.models")
        for part in sorted((folder / "models").glob("*.py")):
            import_module(f"app.{folder.name}.models.{part.stem}")
    import_module("app.kernel.event_log")
    import_module("app.kernel.idempotency")
