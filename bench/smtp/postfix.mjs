import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOMAIN, freePort, Server, USERS } from './servers.mjs'

const DAEMONS = '/usr/lib/postfix/sbin'
/** Whom mailboxes belong to: Postfix writes none as root, nor as itself. */
const OWNER = { uid: 65_534, gid: 65_534 }
const QUEUES = 'active bounce corrupt defer deferred flush hold incoming private saved trace'.split(' ')

/** Whether Postfix is installed, and may be run: its master(8) gives each daemon an account, which only root can. */
export function hasPostfix() {
  return existsSync(`${DAEMONS}/master`) && process.getuid?.() === 0
}

/**
 * Debian's Postfix with its defaults, its own configuration, queue and folder: from the queue virtual(8) delivers into Maildirs.
 * Only its limits for one client are off. It never touches the system's instance.
 */
export class Postfix extends Server {
  constructor(folder) {
    super('postfix', folder)
  }

  async start() {
    this.port = await freePort()
    this.#install()
    await this.run(`${DAEMONS}/master`, ['-c', join(this.folder, 'etc'), '-d'], {
      // A group of its own: master(8) ends with its whole group.
      detached: true,
      cwd: this.folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
    })
  }

  signal(child, name) {
    process.kill(-child.pid, name)
  }

  /** Queue directories and their owners, as `postfix-files` of the package lists them. */
  #install() {
    const { folder } = this
    const [uid, postdrop] = [idOf('passwd', 'postfix'), idOf('group', 'postdrop')]
    // Its daemons have accounts of their own.
    chmodSync(folder, 0o755)
    for (const name of ['etc', 'queue', 'data', 'mail', 'queue/pid']) mkdirSync(join(folder, name), { recursive: true })
    for (const name of QUEUES) {
      mkdirSync(join(folder, 'queue', name), { mode: 0o700 })
      chownSync(join(folder, 'queue', name), uid, 0)
    }
    for (const [name, mode] of [
      ['public', 0o710],
      ['maildrop', 0o730],
    ]) {
      mkdirSync(join(folder, 'queue', name))
      chownSync(join(folder, 'queue', name), uid, postdrop)
      chmodSync(join(folder, 'queue', name), mode)
    }
    chownSync(join(folder, 'data'), uid, 0)
    chmodSync(join(folder, 'data'), 0o700)
    chownSync(join(folder, 'mail'), OWNER.uid, OWNER.gid)
    writeFileSync(join(folder, 'etc', 'mailboxes'), USERS.map((user) => `${user}@${DOMAIN} ${user}/\n`).join(''))
    writeFileSync(join(folder, 'etc', 'main.cf'), mainCf(folder))
    writeFileSync(join(folder, 'etc', 'master.cf'), masterCf(this.port))
  }
}

function mainCf(folder) {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
daemon_directory = ${DAEMONS}
command_directory = /usr/sbin
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mail.${DOMAIN}
mydomain = ${DOMAIN}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
virtual_mailbox_domains = ${DOMAIN}
virtual_mailbox_maps = texthash:${folder}/etc/mailboxes
virtual_mailbox_base = ${folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:${OWNER.uid}
virtual_gid_maps = static:${OWNER.gid}
biff = no
smtpd_tls_security_level = none
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
`
}

function masterCf(port) {
  return `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
}

/** The number of an account or a group. */
function idOf(database, name) {
  return Number(spawnSync('getent', [database, name], { encoding: 'utf8' }).stdout.split(':')[2])
}
