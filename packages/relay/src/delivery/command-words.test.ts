import { describe, expect, test } from 'vitest'
import { commandWords } from './command-words.js'

describe('[C14] command lines of aliases', () => {
  test.each<[string, readonly string[] | undefined]>([
    ['/usr/bin/vacation jones', ['/usr/bin/vacation', 'jones']],
    ['  prog\t-a  b ', ['prog', '-a', 'b']],
    [`prog 'a b' "c d" e\\ f g"h"'i'`, ['prog', 'a b', 'c d', 'e f', 'ghi']],
    [`prog "a \\"b\\" \\$c" 'x$y;z|'`, ['prog', 'a "b" $c', 'x$y;z|']],
    [`prog ""`, ['prog', '']],
    ['prog --url=http://x/y?z', undefined],
    ['prog "--url=http://x/y?z"', ['prog', '--url=http://x/y?z']],
    ['prog $HOME', undefined],
    ['prog "$HOME"', undefined],
    ['prog; rm x', undefined],
    ['prog > x', undefined],
    ['prog `x`', undefined],
    ['prog "open', undefined],
    ['prog \\', undefined],
    ['""', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(commandWords(text)).toEqual(expected)
  })
})
