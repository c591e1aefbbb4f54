import type { Millis, Octets } from '@mailwright/core'

/** Bounds of deliveries to other hosts. */
export interface SmtpDeliveryLimits {
  /** How long connecting to one address may take. Default 30 s (Postfix's smtp_connect_timeout). Passed: the next address is tried, then the recipients are deferred. */
  readonly connect: Millis
  /** How long a server may refuse to read a message. Default 3 minutes (RFC 5321 §4.5.3.2.5, Postfix's smtp_data_xfer_timeout). Passed: the connection ends, and the recipients are deferred. */
  readonly dataBlock: Millis
  /** How long a TLS handshake after STARTTLS may take. Default 5 minutes (Postfix's smtp_starttls_timeout). Passed: as one that fails. */
  readonly handshake: Millis
  /** How long a message waits for TLS at hosts that offer it and cannot shake hands, where TLS is optional. Default 300 s (Postfix's minimal_backoff_time): one attempt, for what may pass. Passed: they are met in clear text. */
  readonly plaintextAfter: Millis
  /** Sessions with different hosts in one attempt. Default 2 (Postfix's smtp_mx_session_limit). Passed: the recipients are deferred. */
  readonly sessions: number
  /** Addresses tried in one attempt. Default 5 (Postfix's smtp_mx_address_limit). Passed: the recipients are deferred. */
  readonly addresses: number
  /** How long a session waits for the next message. Default 2 s (Postfix's smtp_connection_cache_time_limit). Passed: it ends with QUIT. */
  readonly idle: Millis
  /** How long a session is used again. Default 300 s (Postfix's smtp_connection_reuse_time_limit). Passed: it ends with QUIT after the message at hand. */
  readonly reuse: Millis
  /** Messages of one session. Default 100: servers that count are met, and no server has us for ever. Passed: as above. */
  readonly messages: number
  /** Octets of a message that is made one of 7 bits for a server that takes no other; it is held in memory. Default 32 MiB: three times what is taken in. Passed: the message fails, 5.6.3. */
  readonly conversion: Octets
}

export const SMTP_DELIVERY_LIMITS: SmtpDeliveryLimits = {
  connect: 30_000,
  dataBlock: 180_000,
  handshake: 300_000,
  plaintextAfter: 300_000,
  sessions: 2,
  addresses: 5,
  idle: 2_000,
  reuse: 300_000,
  messages: 100,
  conversion: 33_554_432,
}

/** Deliveries into the store for one destination at once. Default 50, half of all that may be under way: those for one mailbox are made durable together, so more cost little more; the rest stay for other destinations. More wait in the queue. */
export const STORE_CONCURRENCY = 50

/** Bounds of programs that mail is given to. */
export interface CommandLimits {
  /** How long a program may take. Default 1,000 s (Postfix's command_time_limit). Passed: it is killed with its children, and the message deferred. */
  readonly time: Millis
  /** Octets of a program's output that are kept, for the log and reports. Default 1,000: some lines. Passed: the rest is dropped. */
  readonly output: Octets
  /** Octets of a message that programs get. Default 0: as many as there are (pipe(8)'s size). Passed: the message fails, 5.2.3. */
  readonly message: Octets
}

export const COMMAND_LIMITS: CommandLimits = { time: 1_000_000, output: 1_000, message: 0 }

/** Bounds of files that mail is appended to. */
export interface FileLimits {
  /** How often a file that somebody else has locked is tried. Default 20 (deliver_lock_attempts). Passed: the message is deferred. */
  readonly lockAttempts: number
  /** Between two tries. Default 1 s (deliver_lock_delay). */
  readonly lockDelay: Millis
  /** How old a lock may become. Default 500 s (stale_lock_time): nobody appends that long. Passed: it is taken for forgotten, and removed. */
  readonly staleLock: Millis
}

export const FILE_LIMITS: FileLimits = { lockAttempts: 20, lockDelay: 1_000, staleLock: 500_000 }
