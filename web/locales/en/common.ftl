action-change = Change
action-confirm = Confirm
action-continue = Continue
action-sign-in = Sign in
action-sign-out = Sign out

development-mode = Development mode
development-inbox = Open the inbox

field-email = Email address
field-first-name = First name
field-last-name = Last name
field-optional = Optional
field-password = Password

field-email-missing = Enter your email address.
field-email-invalid = Enter an email address like name@example.com.
field-password-missing = Enter your password.
field-password-too-short = Use at least { $min ->
    [one] { $min } character
   *[other] { $min } characters
}.
field-password-too-long = Use at most { $max } characters.
field-password-invalid = Use only letters, digits, spaces and punctuation.
field-mismatch = That email and password do not match. Check both and try again.
field-name-too-long = Use at most { $max } characters.
field-name-invalid = Use only letters, digits and common punctuation.
field-code-missing = Enter the code from the email.
field-code-wrong = That is not the code we sent last. Check the digits and try again.
field-code-expired = That code has expired. Ask for a new one below.
field-code-used-up = That code was mistyped too often. Ask for a new one below.
field-too-many = Too many attempts. Try again in { $time }.

notice-attempt-expired = That took a while, so please start again.
notice-session-ended = Your session has ended. Sign in to continue.
notice-code-sent = A new code is on its way. Earlier codes no longer work.
notice-code-too-soon = A code was sent a moment ago. Please wait before you ask for another.
notice-codes-used-up = We can't send more codes to this address for now. Start again later.
notice-access-removed = The application has no access any more. It has to ask you again.
notice-saved = Your changes are saved.

onward-title = One moment
onward-about = You are being taken on. If nothing happens, continue here.

wait-seconds = { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}
wait-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
wait-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
