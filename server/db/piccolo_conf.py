"""Where Piccolo finds the engine and the one app; named by ``PICCOLO_CONF`` in :mod:`server.db.migrate`."""

from piccolo.conf.apps import AppRegistry

from server.db.engine import DB

__all__ = ["APP_REGISTRY", "DB"]

APP_REGISTRY = AppRegistry(apps=["server.db.piccolo_app"])
