"""The one Piccolo app: all tables, one migration history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="tawasul",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[],
)
