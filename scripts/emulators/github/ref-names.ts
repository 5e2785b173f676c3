/** Which names git takes for refs (git-check-ref-format). */
const FORBIDDEN = /\.\.|[\0-\x20\x7f~^:?*[\\]|@\{|\/\/|^\/|\/$|\.$|\.lock(\/|$)|(^|\/)\./;

/** True for a full, well-formed name such as `refs/heads/main`. */
export function isRefName(ref: string): boolean {
  return /^refs\/[^/]+\/.+/.test(ref) && !FORBIDDEN.test(ref);
}
