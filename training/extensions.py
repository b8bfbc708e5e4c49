"""The extensions: made once, unbound; create_app binds them."""

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from training.database import db

babel = Babel()
bootstrap = Bootstrap5()
compress = Compress()
csrf = CSRFProtect()
login_manager = LoginManager()

__all__ = ["babel", "bootstrap", "compress", "csrf", "db", "login_manager"]
