"""The second process: numbers events, delivers them to the domains' reactions, runs what is timed."""

from importlib import import_module
from pathlib import Path


def load() -> None:
    """Import every domain's jobs, so that their reactions and sweeps are registered."""
    for folder in sorted(Path(__file__).parent.iterdir()):
        if (folder / "jobs.py").exists() or (folder / "jobs").is_dir():
            import_module(f"app.{folder.name}.jobs")
