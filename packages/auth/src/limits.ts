import { FAILURE_DELAY, type Millis, type Octets } from '@mailwright/core'

/** Bounds on passwords and on what a stored hash may ask of us. */
export interface HashLimits {
  /** Octets of a password in UTF-8. Default 512, as libxcrypt: SHA-512-crypt's cost grows with it. Longer: rejected like a wrong password. */
  readonly passwordOctets: Octets
  /** Rounds of SHA-512-crypt. Default 1,000,000: about 4 s of one thread. More: the file is refused at load. */
  readonly sha512Rounds: number
  /** Cost of bcrypt, as a power of two. Default 16: about 4 s of one thread. More: the file is refused at load. */
  readonly bcryptCost: number
  /** Memory of argon2id in KiB. Default 1,048,576 (1 GiB). More: the file is refused at load. */
  readonly argon2Memory: number
  /** Passes of argon2id. Default 32. More: the file is refused at load. */
  readonly argon2Passes: number
  /** Lanes of argon2id. Default 64; they are computed one after the other. More: the file is refused at load. */
  readonly argon2Lanes: number
  /** Octets of an argon2id digest or salt. Default 512. More: the file is refused at load. */
  readonly argon2Octets: Octets
}

export const HASH_LIMITS: HashLimits = {
  passwordOctets: 512,
  sha512Rounds: 1_000_000,
  bcryptCost: 16,
  argon2Memory: 1_048_576,
  argon2Passes: 32,
  argon2Lanes: 64,
  argon2Octets: 512,
}

/** What a new hash costs. */
export interface HashCosts {
  /** Default 5,000: what the scheme's specification and every crypt(3) use unless told otherwise. */
  readonly sha512Rounds: number
  /** Default 10: the least OWASP's Password Storage Cheat Sheet allows. */
  readonly bcryptCost: number
  /** KiB. Default 19,456 with two passes and one lane: OWASP's first choice, and 2 threads stay under 40 MiB. */
  readonly argon2Memory: number
  readonly argon2Passes: number
  readonly argon2Lanes: number
}

export const HASH_COSTS: HashCosts = {
  sha512Rounds: 5_000,
  bcryptCost: 10,
  argon2Memory: 19_456,
  argon2Passes: 2,
  argon2Lanes: 1,
}

/** Threads of a hash pool when its options do not say. Default 2, or the number of processors when there is one: logins never take a whole machine. */
export const HASH_THREADS = 2

/** Hashes that may wait in a pool. Default 256: some 10 s of two threads. Over it a login is answered `unavailable`. */
export const HASH_QUEUE = 256

/** Octets of a login name in UTF-8. Default 255: what a file system takes for one name. Longer: rejected like an unknown user. */
export const USER_NAME_OCTETS: Octets = 255

/** Bounds on reading a passwd-file. */
export interface PasswdFileLimits {
  /** How often the file is looked at, at most. Default 1 s: a change is seen at once by people, and costs one stat. */
  readonly checkInterval: Millis
  /** Octets of the file. Default 256 MiB: over a million users. Larger: the file is refused. */
  readonly fileOctets: Octets
  /** Lines parsed before other work gets its turn. Default 500: a few milliseconds. */
  readonly linesPerTurn: number
  /** Problems named when a file is refused. Default 20; the rest is counted. */
  readonly problems: number
}

export const PASSWD_FILE_LIMITS: PasswdFileLimits = {
  checkInterval: 1_000,
  fileOctets: 268_435_456,
  linesPerTurn: 500,
  problems: 20,
}

/** How writers of one passwd-file wait for each other. */
export interface FileLockLimits {
  /** How long to wait for another writer. Default 10 s: a rewrite takes milliseconds. Longer: `FileLocked` is thrown. */
  readonly wait: Millis
  /** Pause between two attempts. Default 25 ms. */
  readonly retry: Millis
  /** Age after which the lock of a process that is gone is taken over. Default 2 s: containers may share a host name but not their processes, and a living one holds it for milliseconds. */
  readonly abandoned: Millis
  /** Age after which a lock of another machine, whose process cannot be asked for, is taken over. Default 60 s. */
  readonly stale: Millis
}

export const FILE_LOCK_LIMITS: FileLockLimits = { wait: 10_000, retry: 25, abandoned: 2_000, stale: 60_000 }

/** How failed logins slow their network down. */
export interface ThrottleLimits {
  /** Wait after the first failure. Default 2 s (Dovecot); each further failure doubles it. */
  readonly initialDelay: Millis
  /** The longest wait. Default 15 s (Dovecot): longer, and honest users give up first. The peer only sees a slow refusal. */
  readonly maximumDelay: Millis
  /** Silence after which a network's failures are forgotten. Default 15 min: guessing at that pace is hopeless. */
  readonly forgetAfter: Millis
  /** Networks remembered. Default 65,536, some 10 MiB; over it the one longest silent is forgotten. */
  readonly networks: number
  /** Different wrong logins remembered per network, so that repeating one does not count again. Default 10 (Dovecot). */
  readonly repeats: number
  /** Leading bits of an IPv6 address that make a network. Default 64: what one subscriber line gets at least. */
  readonly ipv6Prefix: number
}

export const THROTTLE_LIMITS: ThrottleLimits = {
  initialDelay: FAILURE_DELAY,
  maximumDelay: 15_000,
  forgetAfter: 900_000,
  networks: 65_536,
  repeats: 10,
  ipv6Prefix: 64,
}
