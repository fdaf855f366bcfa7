"""The WSGI application of the bench's web server (runs in the bench's Python, see services.py).

Frappe's own development server listens on every interface with a debugger that runs code; this
serves the same application and its files through gunicorn on loopback. One server, one site:
`NMEDIA_SITE` names it, whatever the address it is reached by.
"""

import os

import frappe.app
from frappe.middlewares import StaticDataMiddleware
from werkzeug.middleware.shared_data import SharedDataMiddleware

frappe.app._site = os.environ["NMEDIA_SITE"]
frappe.app._sites_path = os.getcwd()

_with_assets = SharedDataMiddleware(frappe.app.application, {"/assets": os.path.join(os.getcwd(), "assets")})
application = StaticDataMiddleware(_with_assets, {"/files": os.getcwd()})
