/** Whether text looks like a secret. Guesses by name and by form; shows nothing. Pure. */

const NAME =
  /PASS(?:WORD|WD|PHRASE)?$|SECRET(?:_?KEY)?$|(?:^|_)TOKEN$|API_?KEY$|PRIVATE_?KEY$|ACCESS_?KEY$|CREDENTIALS?$/i;

/** What secrets begin with that say what they are: keys in PEM, of AWS, GitHub, Slack, Stripe, and signed JWTs. */
const FORM =
  /^(?:-----BEGIN [A-Z ]*PRIVATE KEY-----|(?:AKIA|ASIA)[A-Z0-9]{16}$|gh[pousr]_\w{20}|xox[abpr]-|sk_live_|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.)/;

/** Settings that are no secrets, whatever their names: switches, numbers, paths and places to fill in. */
const SETTING =
  /^(?:on|off|true|false|yes|no|none|null|\d{1,5}|\.{0,2}\/.*|<.*>|\$\{?\w+\}?|x+|\*+|change-?me)$/i;

/** Whether the value of a variable of that name looks like a secret: by its name, its form, or a password in a URL. */
export function secretIn(name: string, value: string): boolean {
  if (value === "" || SETTING.test(value)) return false;
  return NAME.test(name) || FORM.test(value) || hasPassword(value);
}

function hasPassword(value: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return false;
  const { password } = new URL(value);
  return password !== "" && !SETTING.test(password);
}
