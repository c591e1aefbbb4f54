/** A local part as users and aliases have it: without the quotes of its written form. */
export function unquoted(local: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/s.exec(local)?.[1]
  return inside === undefined ? local : inside.replace(/\\(.)/g, '$1')
}
