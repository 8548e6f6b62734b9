"""This module knows the forms of the front door and of one's own account."""

from __future__ import annotations

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.forms import AccordForm, DayField

_CODE = "The code from your phone"


class SignInForm(AccordForm):
    """E-mail and password."""

    email = StringField("E-mail address", [InputRequired("Enter your e-mail address"), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=200)])


class VerifyCodeForm(AccordForm):
    """The second factor."""

    code = StringField(_CODE, [InputRequired("Enter the code from your phone, or a recovery code"), Length(max=60)])


class ConfirmSignInForm(AccordForm):
    """Password and code again, before something that matters."""

    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=200)])
    code = StringField(_CODE, [InputRequired("Enter the code from your phone"), Length(max=60)])


class ForgottenForm(AccordForm):
    """Where to send the letter."""

    email = StringField("E-mail address", [InputRequired("Enter your e-mail address"), Length(max=254)])


class ChoosePasswordForm(AccordForm):
    """A new password; with a code when it was forgotten."""

    password = PasswordField("New password", [InputRequired("Choose a password"), Length(max=200)])
    code = StringField(_CODE, [Length(max=60)])


class ProvePasswordForm(AccordForm):
    """The password, before a new phone is set up."""

    password = PasswordField("Password", [InputRequired("Enter your password"), Length(max=200)])


class SwitchPostForm(AccordForm):
    """The post to act in."""

    post = SelectField("Post", [InputRequired("Choose a post")])


class InviteOfficerForm(AccordForm):
    """A colleague to invite."""

    name = StringField("Name", [InputRequired("Enter their name"), Length(max=120)])
    email = StringField("E-mail address", [InputRequired("Enter their work e-mail address"), Length(max=254)])
    post = StringField("Post", [InputRequired("Enter their post, like Neighbourhood officer"), Length(max=120)])
    phone = StringField("Work telephone", [Length(max=40)])
    role = SelectField("What they will do", [InputRequired("Choose what they will do")])


class RecordTrainingForm(AccordForm):
    """A day of information-sharing training."""

    trained_on = DayField("Day of the training")


class NameLiaisonOfficerForm(AccordForm):
    """Liaison officer or deputy, from a day on."""

    kind = SelectField("Post", choices={"liaison": "Designated liaison officer", "deputy": "Deputy"})
    from_on = DayField("From")
