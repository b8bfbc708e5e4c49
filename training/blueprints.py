"""Every part of the application that has pages."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the blueprints; addresses stand at the routes."""
    from training.accounts.second_factor_views import second_factor
    from training.accounts.views import accounts
    from training.administration.preview_views import content_previews
    from training.administration.views import administration
    from training.audit.views import trail_checkpoints
    from training.calibration.looking_back_views import looking_back
    from training.calibration.note_views import turn_notes
    from training.calibration.views import calibration
    from training.certification.appeals.views import appeals
    from training.certification.attempts.closing_date_views import closing
    from training.certification.attempts.views import certification
    from training.certification.certificates.views import certificates
    from training.certification.dossiers.views import dossiers
    from training.certification.reviews.views import certifying
    from training.certification.workbench.views import workbench
    from training.cohorts.exports.views import cohort_exports
    from training.cohorts.guidance.views import guidance
    from training.cohorts.pictures.views import cohort_pictures
    from training.cohorts.views import cohorts
    from training.completion.views import completion
    from training.deadlines.views import deadlines
    from training.exercises.views import exercises
    from training.home.views import home
    from training.keys.changes.views import key_changes
    from training.keys.contests.views import contests
    from training.keys.health.views import key_health
    from training.keys.public.views import public_keys
    from training.library.views import library
    from training.manuals.views import manuals
    from training.modules.views import modules
    from training.panels.agreement.views import panel_reports
    from training.panels.consensus.views import consensus
    from training.panels.exchange.views import panel_imports
    from training.panels.views import panels
    from training.review.views import review
    from training.tracks.views import tracks

    for blueprint in (
        home,
        accounts,
        second_factor,
        library,
        manuals,
        modules,
        tracks,
        review,
        completion,
        deadlines,
        calibration,
        turn_notes,
        looking_back,
        exercises,
        certification,
        certifying,
        closing,
        appeals,
        dossiers,
        certificates,
        workbench,
        cohorts,
        cohort_pictures,
        cohort_exports,
        guidance,
        administration,
        content_previews,
        trail_checkpoints,
        key_health,
        public_keys,
        panels,
        panel_imports,
        panel_reports,
        consensus,
        contests,
        key_changes,
    ):
        app.register_blueprint(blueprint)
