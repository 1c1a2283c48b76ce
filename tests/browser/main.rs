//! The page and its WebAssembly module in real browsers, steered through WebDriver, against the demo site.
//!
//! `cargo xtask test browser` builds the site, finds the browsers and runs this; a line of the output names the
//! engine and what holds in it. Each test has a browser with an empty profile and a server of its own.

mod accessible;
mod answering;
mod asking;
mod driver;
mod early;
mod element;
mod formats;
mod gallery;
mod language;
mod looks;
mod offline;
mod own;
mod own_page;
mod own_trouble;
mod page;
mod parity;
mod parts;
mod privacy;
mod served;
#[path = "../support/shards.rs"]
mod shards;
mod stage;
mod trouble;
mod trust;
mod update;
mod visits;
mod waiting;
mod weight;
mod works;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use driver::{Engine, Profile};
use stage::{Stage, trial, trial_with};
use works::Collection;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Browsers are many threads each; more than two at a time only wait for each other.
    arguments.test_threads.get_or_insert(2);
    match all() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("the browser tests cannot start: {}", error.message().unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

/// Every test in each engine that can run it.
fn all() -> Result<Vec<Trial>, Failed> {
    let mut trials = Vec::new();
    for engine in Engine::ALL {
        let stage = Arc::new(Stage::new(engine, Collection::open()?)?);
        trials.extend(everywhere(&stage));
        if engine != Engine::WebKit {
            trials.extend(but_in_webkit(&stage));
        }
        if engine == Engine::Chromium {
            trials.extend(in_chromium(&stage));
        }
    }
    Ok(trials)
}

macro_rules! trials {
    ($stage:ident: $($module:ident::$name:ident,)*) => {
        vec![$(trial($stage, stringify!($name), $module::$name)),*]
    };
}

/// Screens of a phone's width among them are frames: no window of Firefox is narrower than 500 pixels, none of WebKit than
/// 447.
fn everywhere(stage: &Arc<Stage>) -> Vec<Trial> {
    trials![stage:
        asking::upload_finds_the_right_work_first,
        asking::a_pasted_picture_finds_the_right_work_first,
        asking::a_dropped_picture_finds_the_right_work_first,
        asking::a_photo_from_the_camera_finds_the_right_work_first,
        asking::a_sample_finds_its_work_first,
        asking::a_new_picture_cancels_the_search_for_the_old_one,
        asking::a_picture_chosen_while_the_collection_loads_is_searched_when_it_is_there,
        asking::a_picture_that_is_not_in_the_collection_has_no_close_match,
        asking::the_same_picture_scores_one_and_is_called_the_same,
        answering::more_like_this_finds_the_neighbours_of_the_stored_vector,
        answering::a_mirrored_work_is_found_by_a_closer_look_that_says_how,
        answering::a_photograph_of_a_work_on_a_wall_finds_it_without_being_cut_out,
        answering::a_work_of_the_wall_starts_a_search,
        answering::not_this_one_leaves_a_work_out_until_it_is_brought_back,
        answering::show_more_goes_on_where_the_answer_ended,
        answering::back_and_forward_walk_through_searches_of_which_the_address_says_nothing,
        answering::filters_leave_the_ranking_of_what_they_let_through,
        answering::what_is_no_address_of_the_web_becomes_no_link_in_older_browsers_either,
        answering::a_slider_lays_the_picture_over_the_work,
        answering::the_number_behind_a_verdict_says_what_it_means_when_asked,
        answering::the_answer_is_a_grid_or_a_list,
        parts::a_part_chosen_with_the_keyboard_is_searched_besides_the_whole,
        parts::a_part_that_has_not_come_to_rest_is_not_asked_for_elsewhere,
        parts::a_part_drawn_with_the_mouse_is_searched,
        parts::several_pictures_are_one_question,
        parts::pictures_shared_by_another_app_reach_the_page_and_not_the_server,
        parts::what_is_shared_after_everything_was_erased_does_not_reach_the_server_either,
        parts::a_picture_that_only_the_browser_can_read_is_searched_with_a_note,
        trust::the_panel_counts_requests_and_names_what_came_here,
        trust::erasing_leaves_nothing_on_the_device_and_the_page_goes_on,
        trust::nothing_of_a_search_is_stored,
        own_page::added_pictures_hang_in_their_room_with_their_number,
        own_page::adding_can_be_paused_gone_on_with_and_cancelled,
        own_page::what_waits_its_turn_ends_with_what_is_under_way,
        own_page::an_own_picture_is_found_among_the_works_and_called_yours,
        own_page::a_search_looks_everywhere_or_in_the_collection_or_among_own_pictures_only,
        own_page::the_answer_on_the_screen_takes_in_own_pictures_when_they_have_come,
        own_page::a_removed_picture_is_found_no_more,
        own_page::near_duplicates_hang_together,
        own_page::what_was_exported_comes_back_after_everything_was_forgotten,
        own_page::forgetting_asks_first_and_leaves_an_empty_room,
        own_page::the_trust_panel_counts_own_pictures_and_asks_before_it_erases_them,
        own_page::a_picture_dropped_in_the_own_room_is_added,
        own_page::the_keyboard_alone_leads_through_the_own_room,
        own_page::the_own_room_speaks_german,
        own_page::where_the_browser_may_clear_own_pictures_the_room_says_so,
        own_page::where_nothing_can_be_kept_the_room_says_so_and_goes_on,
        looks::on_a_phone_nothing_is_wider_than_the_screen,
        language::every_language_says_everything,
        language::the_page_speaks_german_when_it_is_asked_to,
        accessible::the_keyboard_alone_leads_through_the_whole_journey,
        accessible::axe_objects_to_nothing_while_the_collection_comes_and_when_it_is_here,
        accessible::axe_objects_to_nothing_in_an_answer_and_what_is_done_with_it,
        accessible::axe_objects_to_nothing_when_something_is_wrong_and_offline,
        accessible::axe_objects_to_nothing_in_the_own_room,
        accessible::axe_objects_to_nothing_in_the_examples,
        element::elements_with_the_same_source_share_one_collection_and_search_apart,
        element::an_element_speaks_the_language_it_is_told_and_wears_what_the_page_gives_it,
        element::an_element_that_cannot_open_its_collection_says_so,
        element::an_element_whose_download_failed_opens_with_the_next_picture_or_tries_again_with_this_one,
        element::a_lazy_element_fetches_nothing_before_it_is_touched,
        element::an_element_starts_once_and_keeps_what_it_shows_in_another_language,
        element::the_example_of_the_module_finds_a_work,
        element::the_package_from_npm_searches_in_a_site_that_vite_built,
        element::a_call_is_aborted_and_a_closed_collection_answers_no_more,
        element::a_browser_that_starts_no_worker_from_there_or_none_of_modules_is_told_apart_by_codes,
        element::what_was_seen_of_a_picture_is_not_looked_at_again,
        trouble::a_text_file_is_refused_next_to_the_input,
        trouble::what_is_pasted_or_dropped_and_is_no_file_is_refused_in_words,
        trouble::a_picture_that_neither_we_nor_the_browser_can_read_is_refused_by_its_format,
        trouble::a_file_too_large_is_refused_before_it_is_read,
        trouble::after_an_error_the_next_picture_is_searched,
        trouble::a_shard_with_one_flipped_bit_is_refused_by_name,
        trouble::weights_with_one_flipped_bit_are_refused,
        trouble::a_server_that_never_answers_is_given_up_and_asked_again,
        waiting::the_page_stands_before_the_program_comes_and_says_how_far_each_part_is,
        update::a_new_version_is_offered_and_comes_only_when_the_visitor_wants_it,
        update::an_update_that_never_comes_holds_no_visit_up,
        early::a_work_that_is_here_is_found_early_and_the_answer_completes_itself,
        early::where_the_rest_does_not_come_the_early_answer_stays_and_trying_again_completes_it,
        early::the_module_searches_early_and_tells_when_more_has_come,
        early::an_early_search_goes_on_where_the_rest_is_aborted_or_arrives_damaged,
        waiting::a_connection_that_breaks_is_taken_up_again_where_it_broke,
        offline::after_one_visit_the_page_works_with_the_server_switched_off,
        offline::an_update_that_breaks_off_leaves_what_works_with_the_server_switched_off,
        offline::where_the_manifest_cannot_be_read_that_of_the_last_visit_serves,
        privacy::no_request_arrives_after_ready_whatever_is_done_with_two_different_pictures,
        privacy::the_page_can_talk_to_no_other_address,
        privacy::a_second_visit_downloads_no_shard_again,
        looks::the_number_of_results_is_announced_politely,
        own::own_pictures_are_found_in_one_ranking_with_the_collection,
        own::known_pictures_are_not_added_twice_and_broken_ones_are_named,
        own::adding_pauses_goes_on_and_ends_when_it_is_aborted,
        own::own_pictures_are_there_at_the_next_visit_and_gone_once_they_are_forgotten,
        own::an_export_is_read_by_the_command_and_comes_back_by_import,
        own::a_damaged_or_foreign_export_is_refused_and_nothing_is_lost,
        own::duplicates_among_own_pictures_are_grouped,
        own::nothing_done_with_own_pictures_asks_the_server_for_anything,
        own::own_pictures_that_only_the_browser_can_read_are_added,
        own_trouble::own_pictures_that_are_damaged_hinder_nothing_else_and_can_be_forgotten,
        own_trouble::a_window_closed_while_it_writes_leaves_what_was_complete,
        parity::parity_of_embeddings_of_every_format,
        parity::parity_of_search_results,
    ]
}

/// WebKit writes no WebP, has no setting that lets no site keep anything, begins every time with an empty profile, and of what a page had put into its cache a moment before a visit that failed, the next visit
/// found nothing in one run of four; the page then fetches it again.
fn but_in_webkit(stage: &Arc<Stage>) -> Vec<Trial> {
    let mut trials = trials![stage:
        parity::parity_of_a_lossy_webp_that_the_browser_made,
        waiting::a_download_that_broke_off_goes_on_at_the_next_visit,
        offline::an_update_that_breaks_off_goes_on_even_after_a_visit_without_the_server,
        own_trouble::a_browser_killed_while_it_writes_leaves_what_was_complete,
    ];
    let keeps_nothing = own_trouble::where_no_site_may_keep_anything_own_pictures_live_in_the_memory_of_the_page;
    let name = "where_no_site_may_keep_anything_own_pictures_live_in_the_memory_of_the_page";
    trials.push(trial_with(Profile::KeepsNothing, stage, name, keeps_nothing));
    trials
}

/// What needs screens, networks, disks or settings that only Chromium's driver can feign; a folder in a file input, which
/// Firefox's driver calls a missing file and WebKit's leaves out; a clipboard with pictures, which Firefox has not without
/// a screen and WebKit not without asking the visitor; and what is the same wherever it is asked, because the server is.
fn in_chromium(stage: &Arc<Stage>) -> Vec<Trial> {
    let mut trials = trials![stage:
        language::written_from_right_to_left_nothing_leaves_the_screen,
        own_page::a_dropped_folder_comes_in_with_all_that_is_below_it,
        own_page::an_export_is_saved_as_a_file,
        parts::a_picture_is_pasted_by_a_button,
        waiting::on_a_metered_connection_the_size_is_said_before_the_download,
        own_trouble::a_folder_that_is_chosen_comes_in_with_all_that_is_below_it,
        own_trouble::without_room_adding_stops_and_goes_on_once_there_is_room,
        own::a_thousand_own_pictures_go_in_and_memory_stays_flat,
        looks::dark_mode_follows_the_system,
        looks::a_phone_shows_the_page_without_scrolling_sideways,
        weight::without_module_data_and_icons_the_page_is_at_most_60_kb_of_brotli,
    ];
    // No tests, and only for `cargo xtask bench page`, `cargo xtask bench own` and `cargo xtask screenshots`.
    trials.extend(
        trials![stage:
            weight::first_paint_and_usable_form,
            own::adding_photographs_of_ones_own,
            gallery::screenshot_for_the_readme,
            gallery::screenshots_of_waiting,
            gallery::screenshots_of_answers,
            gallery::screenshots_of_own_pictures,
            gallery::screenshots_of_trouble,
            gallery::screenshots_of_the_examples,
        ]
        .into_iter()
        .map(|trial| trial.with_ignored_flag(true)),
    );
    trials
}
