sign-in-page = Sign in
sign-in-title = Sign in to { $brand }
sign-in-to-continue = to continue to { $app }
sign-in-no-account = No account yet?
sign-in-create-account = Create one

password-title = Enter your password
password-confirm-title = Confirm it's you
password-confirm-why = Enter your password to continue.
password-not-you = Not you?
password-change-account = (use another account)
password-show = Show
password-hide = Hide

signed-out-title = You are signed out
signed-out-about = Your session on this device has ended.
signed-out-again = Sign in again

sign-out-title = Sign out of { $brand }?
sign-out-asked-by = { $app } asks to sign you out.
sign-out-signed-in-as = You are signed in as { $email }
sign-out-about = This ends your session on this device. You can sign in again at any time.
sign-out-stay = Stay signed in
