do $$
declare
  wanted text;
begin
  foreach wanted in array array['fleet_reader', 'fleet_submitter', 'fleet_worker', 'fleet_approver', 'fleet_operator'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
  end loop;
end $$;

revoke all on schema fleet from public;
revoke all on function fleet.answered() from public;
grant usage on schema fleet to fleet_reader, fleet_submitter, fleet_worker, fleet_approver, fleet_operator;
grant select on all tables in schema fleet to fleet_reader, fleet_submitter, fleet_worker, fleet_approver, fleet_operator;

grant insert (run_id, tenant, priority, not_before, task_text, policy_text, policy_sha256, llm, tools, corpus_sha256)
  on fleet.run to fleet_submitter;
grant insert on fleet.corpus to fleet_submitter;

grant update (state, epoch, owner, lease_until, not_before, deaths, claimed_lines, lines, head,
  waits_for, terminal_reason, manifest, finished_at) on fleet.run to fleet_worker;
grant insert on fleet.ledger_line, fleet.incident to fleet_worker;
grant insert, update on fleet.run_file to fleet_worker;
grant insert, update on fleet.rate to fleet_worker;

grant insert (run_id, bound_to, approver, verdict) on fleet.approval to fleet_approver;

grant update (state, epoch, deaths, priority, not_before, cancel) on fleet.run to fleet_operator;
grant insert, update, delete on fleet.tenant, fleet.rate to fleet_operator;
grant insert, delete on fleet.pause to fleet_operator;
grant insert (what, detail) on fleet.operation to fleet_operator;
