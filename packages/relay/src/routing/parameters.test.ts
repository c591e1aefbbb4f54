import { describe, expect, test } from 'vitest'
import { expandParameters } from './parameters.js'

const settings: { readonly [name: string]: string } = {
  myhostname: 'mail.$mydomain',
  mydomain: 'example.org',
  empty: '',
  loop: 'x$loop',
  level: '10',
  old: '9',
}
const source = (name: string): string | undefined => (Object.hasOwn(settings, name) ? settings[name] : undefined)

describe('[C2] values of main.cf', () => {
  test.each([
    [
      '$myhostname, mymail.com, localhost.$mydomain, localhost',
      'mail.example.org, mymail.com, localhost.example.org, localhost',
    ],
    [`\${myhostname} $(mydomain) $$x`, 'mail.example.org example.org $x'],
    [`\${mydomain?set} \${empty?set} \${unknown?set}`, 'set  '],
    [`\${mydomain:unset} \${empty:unset} \${unknown:$mydomain}`, ' unset example.org'],
    [`\${mydomain?{yes $mydomain}:{no}} \${empty?{yes}:{no \${mydomain}}}`, 'yes example.org no example.org'],
    [`\${ empty ? {yes} : {no} }`, 'no'],
    [`\${{$level} < {$old} ? {less} : {more}}`, 'more'],
    [`\${{$mydomain} == {example.org} ? {same}}\${{a} != {a} ? {other}}`, 'same'],
    ['$unknown.', '.'],
  ])('%s', (value, expected) => {
    expect(expandParameters(value, source)).toBe(expected)
  })

  test.each([['$'], ['a $ b'], [`\${open`], ['$loop'], [`\${a b}`], [`\${{a} ~ {b}}`]])('%s is none', (value) => {
    expect(() => expandParameters(value, source)).toThrow()
  })
})
