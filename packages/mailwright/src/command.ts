#!/usr/bin/env node
import { Command } from 'commander'
import { serve } from './commands/serve.js'
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

try {
  await program.parseAsync()
} catch (error) {
  const sentence = setupSentence(error)
  if (sentence === undefined) throw error
  process.stderr.write(`mailwright: ${sentence}\n`)
  process.exitCode = SETUP_EXIT
}
