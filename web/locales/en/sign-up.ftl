sign-up-page = Create an account
sign-up-title = Create your { $brand } account
sign-up-password-hint = At least { $min ->
    [one] { $min } character
   *[other] { $min } characters
}
sign-up-action = Create account
sign-up-have-account = Already have an account?
sign-up-several = Please check these fields:

verify-title = Check your email
verify-sent = We sent a 6-digit code to { $email }
verify-code = Code from the email
verify-action = Verify
verify-nothing-came = Nothing arrived?
verify-resend = Send a new code
verify-resend-wait = in { $time }
verify-wrong-address = Wrong address?
verify-other-address = Use another one
