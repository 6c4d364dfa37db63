sign-in-page = Anmelden
sign-in-title = Bei { $brand } anmelden
sign-in-to-continue = weiter zu { $app }
sign-in-no-account = Noch kein Konto?
sign-in-create-account = Konto erstellen

password-title = Passwort eingeben
password-confirm-title = Bestätigen Sie, dass Sie es sind
password-confirm-why = Geben Sie Ihr Passwort ein, um fortzufahren.
password-not-you = Nicht Sie?
password-change-account = (anderes Konto verwenden)
password-show = Anzeigen
password-hide = Verbergen

signed-out-title = Sie sind abgemeldet
signed-out-about = Ihre Sitzung auf diesem Gerät ist beendet.
signed-out-again = Erneut anmelden

sign-out-title = Von { $brand } abmelden?
sign-out-asked-by = { $app } möchte Sie abmelden.
sign-out-signed-in-as = Sie sind angemeldet als { $email }
sign-out-about = Ihre Sitzung auf diesem Gerät wird beendet. Sie können sich jederzeit wieder anmelden.
sign-out-stay = Angemeldet bleiben
