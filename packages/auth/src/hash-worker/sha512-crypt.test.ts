import { describe, expect, test } from 'vitest'
import { encodeSha512Crypt } from '../crypt-base64.js'
import { sha512Crypt } from './sha512-crypt.js'

interface Vector {
  readonly name: string
  readonly password: string
  readonly salt: string
  readonly rounds: number
  readonly digest: string
}

/** The vectors of "Unix crypt using SHA-256 and SHA-512" (Drepper, 0.6), with its rounds already in bounds. */
const SPECIFICATION: readonly Vector[] = [
  {
    name: 'the default number of rounds',
    password: 'Hello world!',
    salt: 'saltstring',
    rounds: 5_000,
    digest: 'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  },
  {
    name: 'a salt that is cut',
    password: 'Hello world!',
    salt: 'saltstringsaltstring',
    rounds: 10_000,
    digest: 'OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  },
  {
    name: 'a salt one too long',
    password: 'This is just a test',
    salt: 'toolongsaltstring',
    rounds: 5_000,
    digest: 'lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0',
  },
  {
    name: 'a password longer than a digest',
    password: 'a very much longer text to encrypt.  This one even stretches over morethan one line.',
    salt: 'anotherlongsaltstring',
    rounds: 1_400,
    digest: 'POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
  },
  {
    name: 'a short salt',
    password: 'we have a short salt string but not a short password',
    salt: 'short',
    rounds: 77_777,
    digest: 'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
  },
  {
    name: 'many rounds',
    password: 'a short string',
    salt: 'asaltof16chars..',
    rounds: 123_456,
    digest: 'BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1',
  },
  {
    name: 'the least number of rounds',
    password: 'the minimum number is still observed',
    salt: 'roundstoolow',
    rounds: 1_000,
    digest: 'kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
  },
]

/** Made by libxcrypt 4.4: lengths around the digest's 64 octets, where the copying of digests goes wrong if it does. */
const LIBXCRYPT: readonly Vector[] = [
  {
    name: 'octets beyond ASCII',
    password: 'pässwörd €',
    salt: 'umlaut',
    rounds: 5_000,
    digest: 'KiVNVqSVzwsXJcfWPxiebRqWf1fHtDcUdmhplweIGDR6RCm4NTyv22ATu/R38t.dBgMhAISlphNoFk8Jd3tXx.',
  },
  {
    name: '63 octets',
    password: 'y'.repeat(63),
    salt: 'exact63',
    rounds: 5_000,
    digest: 'FsGOjzAeJ4Mpp6Kbgf12rCmiyGcH8EPCC6tbyevmOxbGUb4KLjmcYX381aLLPLej2cXRiG7mNheDQFai0tDay/',
  },
  {
    name: '64 octets',
    password: 'y'.repeat(64),
    salt: 'exact64',
    rounds: 5_000,
    digest: '7zwNHpj4lKoYw9snlhsU0GcAzOYjt6OqZo.OtehADiIyVUUQsdqrQC52h/OgbZdouQ6uWxavtoJB/jixzvdH20',
  },
  {
    name: '65 octets',
    password: 'y'.repeat(65),
    salt: 'exact65',
    rounds: 5_000,
    digest: 'kwiCyix1Oa98Iuipg7gQopGxG6blLNbbOpt7c3quOBd.meXByxEeG4Z7ggjP5H2NVq4PMeJw1caoihEkOKqUp/',
  },
  {
    name: '500 octets',
    password: 'z'.repeat(500),
    salt: 's',
    rounds: 5_000,
    digest: 'qotqmZQDeDnqYit7bO6jD9W2gDYhgIF9a7GN3Muoc8NqxkKsBxBQmg/IFNOfNHBUIj9vyqBnBtiRsPWAn0IIO0',
  },
  {
    name: 'no salt',
    password: 'p',
    salt: '',
    rounds: 5_000,
    digest: 'i4E0AZmQBmd1HZRWzuPsBXzyuqM/i3W7xjIw9M4wSBK4PtSgGiTmKchDvSN1vJQtZMPNCb9peE7d1rMFg9v8h0',
  },
]

describe('SHA-512-crypt gives the digest of', () => {
  test.each([...SPECIFICATION, ...LIBXCRYPT])('$name', ({ password, salt, rounds, digest }) => {
    expect(encodeSha512Crypt(sha512Crypt(Buffer.from(password), Buffer.from(salt), rounds))).toBe(digest)
  })
})
