create table fleet.schema_version (
  version integer primary key,
  program text not null,
  applied_at timestamptz not null default now()
);

create table fleet.corpus (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  -- A JSON array of {"id","path","text"}; text, since jsonb does not keep every string.
  documents text not null
);

create table fleet.tenant (
  name text primary key,
  -- The most runs of this tenant that are executed at once.
  max_running integer not null check (max_running > 0)
);

create table fleet.rate (
  -- The provider of a model, as the record names it.
  name text primary key,
  per_second double precision not null check (per_second > 0),
  burst double precision not null check (burst >= 1),
  tokens double precision not null,
  updated_at timestamptz not null default now()
);

create table fleet.pause (
  -- The tenant, or * for all of them.
  scope text primary key,
  since timestamptz not null default now(),
  by_role text not null default current_user
);

-- What operators did, so that it is on record after a pause has ended.
create table fleet.operation (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  by_role text not null default current_user,
  what text not null,
  detail text not null
);

create table fleet.run (
  run_id text primary key check (run_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$'),
  tenant text not null default 'default' check (tenant ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  priority integer not null default 0,
  state text not null default 'queued'
    check (state in ('queued', 'running', 'waiting', 'finished', 'stuck')),
  -- Counts the claims: who holds an older one changes nothing any more.
  epoch integer not null default 0,
  owner text,
  lease_until timestamptz,
  not_before timestamptz not null default now(),
  -- How often a worker died over this run since the last new line.
  deaths integer not null default 0,
  claimed_lines integer not null default 0,
  cancel boolean not null default false,
  task_text text,
  policy_text text,
  policy_sha256 text,
  llm text,
  -- The name under which the configuration of workers has a module of tools.
  tools text,
  corpus_sha256 text,
  lines integer not null default 0,
  head text,
  waits_for text,
  terminal_reason text,
  manifest text,
  attestation text,
  created_at timestamptz not null default now(),
  finished_at timestamptz
) with (fillfactor = 70);

create index run_open on fleet.run (state, not_before) where state <> 'finished';
create index run_tenant on fleet.run (tenant) where state = 'running';

-- Text, since jsonb does not keep the bytes. No foreign key: it would double the
-- time of an append.
create table fleet.ledger_line (
  run_id text not null,
  seq integer not null,
  line text not null,
  epoch integer not null,
  at timestamptz not null default now(),
  primary key (run_id, seq)
);

-- What tools wrote in the sandbox; content is null for a file that was removed.
create table fleet.run_file (
  run_id text not null,
  path text not null,
  content bytea,
  -- The number of lines on record when it was stored.
  seq integer not null,
  primary key (run_id, path)
);

create table fleet.approval (
  id bigint generated always as identity primary key,
  run_id text not null,
  bound_to text not null,
  approver text not null,
  verdict text not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index approval_run on fleet.approval (run_id);

create table fleet.incident (
  id bigint generated always as identity primary key,
  run_id text not null,
  -- A line of incidents.jsonl, without its end.
  line text not null
);
create index incident_run on fleet.incident (run_id);

-- An answer takes the run out of its wait. The row is locked first: a worker that
-- is about to let the run wait has either seen the answer or ended its wait here.
create function fleet.answered() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from fleet.run where run_id = new.run_id for update;
  if not found then
    raise exception 'there is no run "%"', new.run_id using errcode = 'foreign_key_violation';
  end if;
  update fleet.run set state = 'queued', waits_for = null, not_before = clock_timestamp()
    where run_id = new.run_id and state = 'waiting' and waits_for = new.bound_to;
  return new;
end $$;

create trigger answered after insert on fleet.approval
  for each row execute function fleet.answered();
