"""What is said about a rater's fingerprint: a sentence for the rater, the working for whoever asks.

Every trait has its sentence, its figure with interval and number of vignettes, and behind it the
formula, the method of the interval and the source.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.calibration import pattern_wording
from training.calibration.patterns import FEWEST_TO_JUDGE, PracticePatterns
from training.charts.fingerprint import Fingerprint, Trait, Use, build_fingerprint
from training.charts.intervals import FigureStyle
from training.languages import gettext as _
from training.languages import ngettext
from training.psychometrics import Statistic
from training.psychometrics.rateability import NotRateableUse, Rateability

POINTS = 2.0  # half the axis of a mean difference, in scale points
RATIO = 1.0  # half the axis of ratios and slopes, around 1
SHARE = 0.5  # half the axis of a difference of shares


@dataclass(frozen=True, slots=True)
class TraitText:
    """One trait as the page tells it; `figure` in the unit that `unit` names."""

    slug: str
    trait: Trait
    figure: Statistic
    unit: str
    meaning: str
    formula: str
    source: str


def trait_texts(patterns: PracticePatterns) -> list[TraitText]:
    """The four traits with a figure, in the order in which they are drawn."""
    return [_severity(patterns), _width(patterns), _halo(patterns), _rateability(patterns)]


def fingerprint(patterns: PracticePatterns, texts: list[TraitText]) -> Fingerprint:
    """The drawing: the traits, and how often each rating was given by either side."""
    table, not_rateable = patterns.effects.scale_use.table, patterns.not_rateable
    rated = sum(row.count for row in table) or 1
    uses = [Use(str(row.category), row.count / rated, row.reference_count / rated) for row in table]
    cells = not_rateable.cells or 1
    of_either = (not_rateable.count / cells, not_rateable.reference_count / cells)
    return build_fingerprint([text.trait for text in texts], [*uses, Use(_("NR"), *of_either)])


def scale_use_sentence(patterns: PracticePatterns) -> str:
    """Which scores are given more or less often than by the experts."""
    if not patterns.is_enough:
        return too_few_text()
    use = patterns.effects.scale_use
    return pattern_wording.scale_use_text(use.code, use.categories)


def too_few_text() -> str:
    """That nothing is said about a rater from so little."""
    return ngettext(
        "Too few vignettes to say; from %(num)s on there is a word about this.",
        "Too few vignettes to say; from %(num)s on there is a word about this.",
        FEWEST_TO_JUDGE,
    )


def _severity(patterns: PracticePatterns) -> TraitText:
    effect = patterns.effects.severity
    name, said = _("Severity"), pattern_wording.severity_text(effect.code)
    trait = _trait(
        patterns, name, said, effect.figure, _("lower"), _("higher"), 0.0, POINTS, signed=True
    )
    return TraitText(
        slug="severity",
        trait=trait,
        figure=effect.figure,
        unit=_("points"),
        meaning=_("How far your scores lie above or below the experts' on average."),
        formula=_("mean of (r − g) over the ratings that both scored"),
        source="Myford & Wolfe (2003, 2004)",
    )


def _width(patterns: PracticePatterns) -> TraitText:
    effect = patterns.effects.centrality
    name, said = _("Width of the scale"), pattern_wording.centrality_text(effect.code)
    trait = _trait(
        patterns, name, said, effect.figure, _("to the middle"), _("to the ends"), 1.0, RATIO
    )
    return TraitText(
        slug="width",
        trait=trait,
        figure=effect.figure,
        unit=_("times the experts' spread"),
        meaning=_("Whether you use the ends of the scale (centrality): 1 is as the experts do."),
        formula=_("SD(r) ÷ SD(g) over the ratings that both scored"),
        source="Myford & Wolfe (2003, 2004)",
    )


def _halo(patterns: PracticePatterns) -> TraitText:
    effect = patterns.effects.halo
    name, said = _("Telling items apart"), pattern_wording.halo_text(effect.code)
    trait = _trait(
        patterns, name, said, effect.figure, _("all alike: halo"), _("further apart"), 1.0, RATIO
    )
    return TraitText(
        slug="halo",
        trait=trait,
        figure=effect.figure,
        unit=_("points for each point of the experts"),
        meaning=_("Whether, within one vignette, your scores rise and fall with the experts'."),
        formula=_(
            "Σ (r − mean r)(g − mean g) ÷ Σ (g − mean g)², with the means of each vignette "
            "(slope within vignettes)"
        ),
        source="Myford & Wolfe (2003, 2004); Wooldridge (2010), ch. 10",
    )


def _rateability(patterns: PracticePatterns) -> TraitText:
    use = patterns.not_rateable
    name, said = _("Not rateable"), not_rateable_text(use)
    trait = _trait(
        patterns, name, said, use.difference, _("less often"), _("more often"), 0.0, SHARE,
        signed=True,
    )  # fmt: skip
    return TraitText(
        slug="not-rateable",
        trait=trait,
        figure=use.difference,
        unit=_("as a difference of shares of all ratings"),
        meaning=not_rateable_counts(use),
        formula=_("your share of NR − the experts' share of NR, over all ratings asked for"),
        source="Efron & Tibshirani (1993), ch. 11",
    )


def _trait(
    patterns: PracticePatterns,
    name: str,
    said: str,
    figure: Statistic,
    lower: str,
    higher: str,
    middle: float,
    half_axis: float,
    *,
    signed: bool = False,
) -> Trait:
    return Trait(
        name=name,
        lower=lower,
        higher=higher,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        middle=middle,
        half_axis=half_axis,
        style=FigureStyle.SIGNED if signed else FigureStyle.NUMBER,
        words=said if patterns.is_enough else too_few_text(),
    )


def not_rateable_text(use: NotRateableUse) -> str:
    """How "not rateable" is used, in a sentence."""
    texts = {
        Rateability.MORE: _(
            "You find items not rateable more often than the experts. Look for the opportunity "
            "first."
        ),
        Rateability.LESS: _(
            "You score items where the experts found no opportunity. Ask for the opportunity "
            "before the score."
        ),
        Rateability.ELSEWHERE: _(
            "You use not rateable about as often as the experts, but on other items."
        ),
        Rateability.IN_LINE: _("You use not rateable as the experts do."),
        Rateability.UNSURE: _(
            "Not clear yet whether you use not rateable as the experts do: the interval allows "
            "more than one answer."
        ),
        Rateability.UNKNOWN: _("There is nothing to compare yet."),
    }
    return str(texts[use.code])


def not_rateable_counts(use: NotRateableUse) -> str:
    """The counts behind it."""
    return _(
        "Ratings asked for: %(cells)s. NR from you: %(own)s, from the experts: %(experts)s, from "
        "both: %(both)s.",
        cells=use.cells,
        own=use.count,
        experts=use.reference_count,
        both=use.both,
    )


def method_text(statistic: Statistic) -> str:
    """How an interval was made, in the reader's language; as the engine says it if unknown."""
    from training.psychometrics import intervals  # here: it needs numpy, as the figure did

    texts = {
        intervals.JACKKNIFE: _("leaving out one vignette at a time (jackknife), with t"),
        intervals.SPREAD: _("the same on the logarithm of the figure"),
        intervals.RATE: _("the wider of Wilson's and the jackknife over vignettes, cut at 0 and 1"),
        intervals.ICC: _("the wider of F (McGraw & Wong 1996) and the jackknife over vignettes"),
    }
    return str(texts.get(statistic.method, statistic.method))


def all_figures(patterns: PracticePatterns) -> list[tuple[str, Statistic]]:
    """Every figure of the engine by its name in the field, for whoever knows these names."""
    c = patterns.comparison
    return [
        (_("Exact agreement"), c.exact),
        (_("Within one point"), c.within_one),
        (_("Gross misses, 2 points or more"), c.gross_misses),
        (_("Rateability mismatches"), c.mismatches),
        (_("Session totals within a tenth of the range"), c.totals),
        (_("Bias (mean difference)"), c.bias),
        (_("Mean absolute error"), c.mae),
        (_("Root mean squared error"), c.rmse),
        (_("Slope of r on g"), c.slope),
        (_("Slope within vignettes"), c.within_vignette_slope),
        (_("SD ratio"), c.sd_ratio),
        (_("Quadratic weighted kappa"), c.kappa_quadratic),
        (_("ICC(A,1)"), c.icc_agreement),
    ]
