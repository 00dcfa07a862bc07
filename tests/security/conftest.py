"""The cities that the walks go through, each made once."""

from tests.project_city_fixtures import project_city_template
from tests.review_city_fixtures import review_city_template
from tests.security.two_halls import halls

__all__ = ["halls", "project_city_template", "review_city_template"]
