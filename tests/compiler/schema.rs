//! That plans as JSON are what their schema says.

#![expect(clippy::disallowed_methods, reason = "the plans of the examples are read")]

use serde_json::Value;
use std::fs;
use std::path::Path;
use vpcc_core::plan::SCHEMA;

#[test]
fn the_plans_of_the_examples_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compiler/plan");
    for entry in fs::read_dir(plans).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // Plans are kept as text for people and, below it, as JSON.
        let (_, json) = text.split_once("\n{\n").unwrap();
        let plan: Value = serde_json::from_str(&format!("{{{json}")).unwrap();
        if let Err(why) = fits(&plan, &schema, &schema) {
            panic!("{}: {why}", path.display());
        }
    }
}

#[test]
fn what_no_plan_says_is_refused() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let plan = |more: &str| {
        let text = format!(
            r#"{{"format_version": "1.0", "stack": "s", "region": "r", "steps": [], "assertions": [],
            "summary": {{"create": 0, "update": 0, "replace": 0, "delete": 0}} {more}}}"#
        );
        serde_json::from_str::<Value>(&text).unwrap()
    };
    fits(&plan(""), &schema, &schema).unwrap();
    for more in [
        r#", "more": 1"#,
        r#", "region": 1"#,
        r#", "steps": [{}]"#,
        r#", "format_version": "2.0""#,
        r#", "summary": {"create": -1, "update": 0, "replace": 0, "delete": 0}"#,
        r#", "assertions": [{"claim": "x", "holds": true, "source": {"file": "f", "line": 0}}]"#,
    ] {
        assert!(fits(&plan(more), &schema, &schema).is_err(), "{more}");
    }
}

/// Whether a value is what a schema says, as far as it uses keywords of JSON Schema that are known here; others are
/// refused.
fn fits(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let keywords = schema.as_object().unwrap();
    for (keyword, said) in keywords {
        let good = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let place = said.as_str().unwrap().trim_start_matches('#');
                fits(value, root.pointer(place).unwrap(), root)?;
                true
            }
            "anyOf" => said.as_array().unwrap().iter().any(|schema| fits(value, schema, root).is_ok()),
            "const" => value == said,
            "enum" => said.as_array().unwrap().contains(value),
            "type" => match said {
                Value::Array(names) => names.iter().any(|name| is_a(value, name)),
                name => is_a(value, name),
            },
            "minimum" => value.as_i64().is_none_or(|number| number >= said.as_i64().unwrap()),
            "items" => {
                value.as_array().into_iter().flatten().try_for_each(|item| fits(item, said, root)).map(|()| true)?
            }
            "required" => {
                let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                !value.is_object() || said.as_array().unwrap().iter().all(has)
            }
            "properties" => true,
            "additionalProperties" => members_fit(value, keywords.get("properties"), said, root).map(|()| true)?,
            unknown => panic!("the schema uses `{unknown}`"),
        };
        if !good {
            return Err(format!("{value} is against `{keyword}`: {said}"));
        }
    }
    Ok(())
}

fn members_fit(value: &Value, named: Option<&Value>, others: &Value, root: &Value) -> Result<(), String> {
    for (name, member) in value.as_object().into_iter().flatten() {
        match (named.and_then(|named| named.get(name)), others) {
            (Some(schema), _) => fits(member, schema, root)?,
            (None, Value::Bool(false)) => return Err(format!("`{name}` is not named")),
            (None, schema) => fits(member, schema, root)?,
        }
    }
    Ok(())
}

fn is_a(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("the schema has values of type `{unknown}`"),
    }
}
