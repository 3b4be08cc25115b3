"""Evidence synthesis of alliance rupture repair and the outcome of psychotherapy."""

__version__ = "0.1.0"
