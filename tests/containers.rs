//! Containers that make the program's classes: in each program a job starts in a method of what one of them made.

#![allow(clippy::unwrap_used, reason = "a test ends there")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value as Json;

const JOB: &str = "import cron from 'node-cron';
export class Job { start() { cron.schedule('0 3 * * *', () => fetch('/x')); } }
";

/// The container, whether the job surely starts, and the program.
const PROGRAMS: &[(&str, &str, &str)] = &[
    (
        "inversify by symbols, with a module",
        "yes",
        "import { Container, ContainerModule, inject, injectable } from 'inversify';
const TYPES = { Job: Symbol.for('Job'), Server: Symbol('Server') };
@injectable() class Server { constructor(@inject(TYPES.Job) private job: Job) {} start() { this.job.start(); } }
const container = new Container();
container.load(new ContainerModule((bind) => { bind(TYPES.Job).to(Job).inSingletonScope(); }));
container.bind(TYPES.Server).to(Server);
container.get<Server>(TYPES.Server).start();",
    ),
    (
        "inversify 7",
        "yes",
        "import { Container, ContainerModule } from 'inversify';
const container = new Container({ defaultScope: 'Singleton' });
container.load(new ContainerModule((options) => { options.bind('Job').to(Job); }));
container.get<Job>('Job').start();",
    ),
    (
        "a server of inversify-express-utils",
        "yes",
        "import { Container } from 'inversify'; import { InversifyExpressServer } from 'inversify-express-utils';
const container = new Container();
container.bind(Job).toSelf();
const server = new InversifyExpressServer(container);
server.setConfig((app) => container.get(Job).start());
server.build();",
    ),
    (
        "tsyringe",
        "yes",
        "import { container, inject, singleton } from 'tsyringe';
@singleton() class Server { constructor(@inject('Job') private job: Job) {} start() { this.job.start(); } }
container.register('Job', { useClass: Job });
container.resolve(Server).start();",
    ),
    (
        "typedi",
        "yes",
        "import Container, { Inject, Service } from 'typedi';
@Service() class Server { @Inject() private job: Job; start() { this.job.start(); } }
Container.get(Server).start();",
    ),
    (
        "Nest, by a symbol and by a name that a library provides",
        "yes",
        "import { NestFactory } from '@nestjs/core'; import { Inject, Injectable, Module } from '@nestjs/common';
const JOB = Symbol('job');
@Injectable() class Jobs {
  constructor(@Inject(JOB) private job: Job, @Inject('logger') private logger: unknown) {}
  onModuleInit() { this.job.start(); }
}
@Module({ providers: [Jobs, { provide: JOB, useClass: Job }] }) class Root {}
NestFactory.createApplicationContext(Root);",
    ),
    (
        "one that is not known",
        "maybe",
        "import { ReflectiveInjector } from 'injection-js';
ReflectiveInjector.resolveAndCreate([Job]).get(Job).start();",
    ),
    (
        "one of the program's own",
        "yes",
        "class Container {
  private types = new Map<string, any>();
  register(name: string, type: any) { this.types.set(name, type); }
  resolve(name: string) { const type = this.types.get(name); if (!type) throw new Error(name); return new type(); }
}
const container = new Container();
container.register('job', Job);
container.resolve('job').start();",
    ),
];

#[test]
fn what_a_container_makes_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut apps = String::new();
    fs::write(folder.path().join("job.ts"), JOB).unwrap();
    for (number, (_, _, program)) in PROGRAMS.iter().enumerate() {
        let program = format!("import 'reflect-metadata'; import {{ Job }} from './job';\n{program}");
        fs::write(folder.path().join(format!("{number}.ts")), program).unwrap();
        write!(apps, "{{ name: 'app{number}', script: '{number}.ts', interpreter: 'tsx' }}, ").unwrap();
    }
    fs::write(folder.path().join("ecosystem.config.js"), format!("module.exports = {{ apps: [{apps}] }};")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pm2lint"));
    let output = command.args(["fleet", "--format", "json"]).current_dir(&folder).output().unwrap();
    let fleet: Json = serde_json::from_slice(&output.stdout).unwrap();
    for (app, (about, reach, _)) in fleet["apps"].as_array().unwrap().iter().zip(PROGRAMS) {
        let jobs = app["effects"].as_array().unwrap().iter().filter(|effect| effect["kind"] == "schedule");
        let found: Vec<_> = jobs.map(|job| (&job["file"], &job["reach"][0])).collect();
        assert_eq!(found, [(&Json::from("job.ts"), &Json::from(*reach))], "{about}");
    }
}
