import { runStudio } from './studio.ts'

async function run(): Promise<void> {
  process.exitCode = await runStudio(process.argv.slice(2))
}

void run()
