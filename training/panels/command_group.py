"""The commands about panels stand in one group; each part adds its own to it."""

import click

panels = click.Group("panels", help="Panels of experts: remind, export, import.")
