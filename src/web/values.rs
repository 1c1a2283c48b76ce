//! Values across the boundary: options in, answers out.

use js_sys::{Function, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use super::error::WebError;
use crate::image::{Looks, Region};
use crate::index::Effort;

/// Milliseconds. On a slow connection an answer begins within a few seconds; after this it is not coming.
const DEFAULT_PATIENCE: u32 = 10_000;

/// A plain JavaScript value: records become objects, not `Map`s.
pub fn to_js(value: &impl Serialize) -> Result<JsValue, WebError> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| WebError::Browser(error.to_string()))
}

/// The option `name`, where it is given.
pub fn option<T: for<'a> Deserialize<'a>>(options: &JsValue, name: &'static str) -> Result<Option<T>, WebError> {
    let Some(value) = raw(options, name) else { return Ok(None) };
    let value = serde_wasm_bindgen::from_value(value);
    value.map(Some).map_err(|error| WebError::Option { option: name, reason: error.to_string() })
}

/// `effort`: `"auto"`, `"exact"`, or how many candidates to compare.
pub fn effort(options: &JsValue) -> Result<Effort, WebError> {
    let Some(value) = raw(options, "effort") else { return Ok(Effort::Auto) };
    match (value.as_string().as_deref(), value.as_f64()) {
        (Some("auto"), _) => Ok(Effort::Auto),
        (Some("exact"), _) => Ok(Effort::Exact),
        (_, Some(number)) if number >= 1.0 && number <= f64::from(u32::MAX) => Ok(Effort::Candidates(number as usize)),
        _ => Err(WebError::Option {
            option: "effort",
            reason: "it is \"auto\", \"exact\" or a number of candidates from 1".into(),
        }),
    }
}

/// `closer`: whether the picture is looked at in several ways.
pub fn looks(options: &JsValue) -> Result<Looks, WebError> {
    let closer = option(options, "closer")?.unwrap_or(false);
    Ok(if closer { Looks::Closer } else { Looks::Once })
}

/// `region`: the part of the picture that is meant, as fractions of its width and height.
pub fn region(options: &JsValue) -> Result<Option<Region>, WebError> {
    let Some(region) = option::<Region>(options, "region")? else { return Ok(None) };
    let Region { x, y, width, height } = region;
    let inside =
        [x, y].into_iter().all(|start| (0.0..1.0).contains(&start)) && x + width <= 1.0001 && y + height <= 1.0001;
    if inside && width > 0.0 && height > 0.0 {
        return Ok(Some(region));
    }
    Err(WebError::Option {
        option: "region",
        reason: "x, y, width and height are fractions from 0 to 1, and the region lies inside the picture".into(),
    })
}

/// `patience`: milliseconds, from 1 to an hour.
pub fn patience(options: &JsValue) -> Result<u32, WebError> {
    const LONGEST: f64 = 3_600_000.0;
    match option::<f64>(options, "patience")? {
        None => Ok(DEFAULT_PATIENCE),
        Some(milliseconds) if (1.0..=LONGEST).contains(&milliseconds) => Ok(milliseconds as u32),
        Some(other) => Err(WebError::Option {
            option: "patience",
            reason: format!("{other} is not a number of milliseconds between 1 and {LONGEST}"),
        }),
    }
}

/// The option `name`, where it is a function.
pub fn function(options: &JsValue, name: &'static str) -> Result<Option<Function>, WebError> {
    let function = raw(options, name).map(|value| value.dyn_into::<Function>());
    function.transpose().map_err(|_| WebError::Option { option: name, reason: "it is no function".into() })
}

fn raw(options: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(options, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
