#!/usr/bin/env node
import { Command } from 'commander'
import { type ExplainedMail, explain } from './commands/explain.js'
import { lookup } from './commands/lookup.js'
import { qshape, queueFlush, queueList, queueOperate, queueShow } from './commands/queue.js'
import { serve } from './commands/serve.js'
import { calledTwin, makeTwins } from './commands/twins.js'
import { userAdd, userList, userPasswd } from './commands/user.js'
import { setupSentence } from './setup-error.js'

/** Exit code for a set-up that cannot work, as Postfix's and most programs' usage errors. */
const SETUP_EXIT = 2

const program = new Command('mailwright')
  .description('Mail servers: SMTP, submission, LMTP, IMAP and POP3 over a Maildir')
  .showSuggestionAfterError()

const config = ['-c, --config <file>', 'the site to work on', 'site.json'] as const

program
  .command('serve')
  .description('serve a site until Ctrl-C')
  .option(...config)
  .option('--demo', 'make a demonstration account and print what to try', false)
  .action((options: { config: string; demo: boolean }) => serve(options))

const user = program.command('user').description('the users of a site')
user
  .command('add <name>')
  .description('add a user; the password is asked for, or read from standard input')
  .option(...config)
  .action((name: string, options: { config: string }) => userAdd(options.config, name))
user
  .command('passwd <name>')
  .description("change a user's password")
  .option(...config)
  .action((name: string, options: { config: string }) => userPasswd(options.config, name))
user
  .command('list')
  .description('list users and the scheme of their passwords')
  .option(...config)
  .action((options: { config: string }) => userList(options.config))

const queue = program
  .command('queue')
  .description('the mail that waits for delivery, beside a running server or without it')
queue
  .command('list')
  .description('list it as mailq does')
  .option(...config)
  .option('--json', 'one JSON object a line, as postqueue -j', false)
  .action((options: { config: string; json: boolean }) => queueList(options.config, options.json ? 'json' : 'lines'))
queue
  .command('show <id>')
  .description('print a message and what is known of it')
  .option(...config)
  .action((id: string, options: { config: string }) => queueShow(options.config, id))
queue
  .command('shape [args...]')
  .description(
    "count mail by domain and age, with the options of Postfix's qshape behind --, as in shape -- -s deferred",
  )
  .option(...config)
  .action((args: string[], options: { config: string }) => qshape(options.config, args))
queue
  .command('flush [id]')
  .description('try deferred mail now: all, one message, or the mail for one domain')
  .option(...config)
  .option('--site <domain>', 'only recipients of this domain')
  .action((id: string | undefined, options: { config: string; site?: string }) =>
    queueFlush(options.config, {
      ...(id === undefined ? {} : { id }),
      ...(options.site === undefined ? {} : { site: options.site }),
    }),
  )
for (const [operation, words] of [
  ['hold', 'keep messages from delivery'],
  ['release', 'let messages on hold go on'],
  ['requeue', 'try messages now as if they were new'],
  ['delete', 'forget messages'],
] as const) {
  queue
    .command(`${operation} <ids...>`)
    .description(`${words}; ALL for all`)
    .option(...config)
    .action((ids: string[], options: { config: string }) => queueOperate(options.config, operation, ids))
}

program
  .command('lookup <table> <key>')
  .description(
    'print what a table says of a key, as in lookup hash:/etc/postfix/virtual info@example.org; - reads keys',
  )
  .option('--aliases', 'the file is one of aliases(5)', false)
  .action((table: string, key: string, { aliases }: { aliases: boolean }) =>
    lookup(table, key, aliases ? 'aliases' : 'table'),
  )

program
  .command('explain')
  .description('print which restrictions a mail would meet, what they look up, and the verdict')
  .option(...config)
  .requiredOption('--from <address>', 'the sender; <> for a report')
  .requiredOption('--to <address>', 'the recipient')
  .requiredOption('--client <address>', "the client's address")
  .option('--helo <name>', 'the name that it gives with EHLO')
  .option('--user <name>', 'who has logged in')
  .option('--listener <number>', 'at which of the listeners, counted from 0')
  .option('--json', 'one JSON object', false)
  .action(({ config, json, ...mail }: ExplainedMail & { readonly config: string; readonly json: boolean }) =>
    explain(config, mail, json ? 'json' : 'lines'),
  )

program
  .command('twins <folder>')
  .description(
    'make sendmail, mailq, postqueue, postsuper, qshape, newaliases, postalias and postmap for this site in a folder',
  )
  .option(...config)
  .action((folder: string, options: { config: string }) => makeTwins(options.config, folder))

try {
  await (calledTwin(process.argv) ?? (() => program.parseAsync()))()
} catch (error) {
  const sentence = setupSentence(error)
  if (sentence === undefined) throw error
  process.stderr.write(`mailwright: ${sentence}\n`)
  process.exitCode = SETUP_EXIT
}
